/** Timers of a page in the background are slowed down to one a second; those of its worker are not. */
const FRAME_MS = 1000 / 24;

setInterval(() => postMessage(undefined), FRAME_MS);
