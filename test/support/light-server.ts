import { startApp } from '../../src/app.ts';
import { loadConfig } from '../../src/config.ts';
import { FakeMediaEngine } from './fake-media-engine.ts';

/** A program: the server with everything real but the media. Settings come from the environment. */
const app = await startApp(loadConfig({ env: process.env, folder: '/' }), { engine: new FakeMediaEngine() });
console.log(`Sightline listens on ${app.url}`);
