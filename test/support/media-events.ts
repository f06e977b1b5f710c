import type { MediaEngine, MediaEvent } from '../../src/media/engine.ts';

const WAIT_MS = 10_000;

type EventOf<Type extends MediaEvent['type']> = Extract<MediaEvent, { type: Type }>;

/** The events of an engine: those that came, and the next one of a type. */
export function recordEvents(engine: MediaEngine) {
  const recorded: MediaEvent[] = [];
  engine.subscribe((event) => recorded.push(event));
  return {
    all: <Type extends MediaEvent['type']>(type: Type) =>
      recorded.filter((event): event is EventOf<Type> => event.type === type),
    next: <Type extends MediaEvent['type']>(type: Type) =>
      within(`event ${type}`, (resolve: (event: EventOf<Type>) => void) =>
        engine.subscribe((event) => {
          if (event.type === type) resolve(event as EventOf<Type>);
        }),
      ),
  };
}

/** Resolves with the first value, fails after ten seconds. */
export async function within<Value>(
  what: string,
  listen: (resolve: (value: Value) => void) => () => void,
): Promise<Value> {
  const { promise, resolve, reject } = Promise.withResolvers<Value>();
  const stop = listen(resolve);
  const timer = setTimeout(() => reject(new Error(`no ${what} within ${WAIT_MS} ms`)), WAIT_MS);
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    stop();
  }
}
