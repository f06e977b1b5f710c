import { startApp } from '../app.ts';
import { loadConfig } from '../config.ts';
import { stopRequested } from './stop-signals.ts';

/** Runs the server until it is told to stop. */
export const serve = async (args: readonly string[]): Promise<number> => {
  const config = loadConfig({ args, env: process.env });
  const app = await startApp(config);
  // Before anything is printed: whoever reads that the server listens may stop it at once.
  const stopped = stopRequested();
  if (app.generatedPassword !== null) {
    console.log(`Administrator account "${config.admin.account}", password: ${app.generatedPassword}`);
    console.log('This password is shown once. SIGHTLINE_ADMIN_PASSWORD sets another one.');
  }
  if (app.recovered > 0) console.log(`${app.recovered} live conferences rebuilt from the journal`);
  console.log(`Sightline listens on ${app.url}`);
  const exitCode = await Promise.race([stopped.then(() => 0), app.broken.then(() => 1)]);
  await app.close();
  return exitCode;
};
