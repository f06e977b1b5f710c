import { createMediaEngine } from '../../src/media/process-engine.ts';

/** A process that starts a media engine, says so on its standard output, and waits to be killed. */
const logger = { info: () => {}, warn: () => {}, error: () => {} };
await createMediaEngine({ port: 0, addresses: ['127.0.0.1'], videoCodec: 'VP8', logger });
console.log('ready');
