/** A launcher such as npm passes on a signal that its whole group has got already: such an echo is no second wish. */
const ECHO_MS = 1000;

/**
 * Resolves at the first SIGTERM or SIGINT. Who asks twice does not want to wait: the process ends at once. Everything
 * acknowledged is durable already.
 */
export const stopRequested = (): Promise<void> => {
  const { promise, resolve } = Promise.withResolvers<void>();
  let first: { readonly signal: NodeJS.Signals; readonly atMs: number } | null = null;
  const onSignal = (signal: NodeJS.Signals): void => {
    if (first === null) {
      first = { signal, atMs: performance.now() };
      resolve();
    } else if (signal !== first.signal || performance.now() - first.atMs > ECHO_MS) {
      console.error('Sightline ends at once');
      process.exit(1);
    }
  };
  process.on('SIGTERM', onSignal).on('SIGINT', onSignal);
  return promise;
};
