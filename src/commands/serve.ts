import { once } from 'node:events';
import { startApp } from '../app.ts';
import { loadConfig } from '../config.ts';

/** Runs the server until it is told to stop. */
export const serve = async (args: readonly string[]): Promise<number> => {
  const config = loadConfig({ args, env: process.env });
  const app = await startApp(config);
  if (app.generatedPassword !== null) {
    console.log(`Administrator account "${config.admin.account}", password: ${app.generatedPassword}`);
    console.log('This password is shown once. SIGHTLINE_ADMIN_PASSWORD sets another one.');
  }
  if (app.recovered > 0) console.log(`${app.recovered} live conferences rebuilt from the journal`);
  console.log(`Sightline listens on ${app.url}`);
  await Promise.race([once(process, 'SIGTERM'), once(process, 'SIGINT')]);
  await app.close();
  return 0;
};
