import { setTimeout as delay } from 'node:timers/promises';
import { type Browser, chromium, type Page } from 'playwright-core';

/**
 * Real Chromium for tests and benches, and what they want to know of a page of ours. Whoever opens a browser closes it.
 */
export async function openBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: process.env.SIGHTLINE_CHROMIUM ?? '/usr/bin/chromium',
    headless: true,
    args: CHROMIUM_ARGUMENTS,
  });
}

const CHROMIUM_ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--autoplay-policy=no-user-gesture-required',
  '--use-fake-ui-for-media-stream',
  '--use-fake-device-for-media-stream',
  '--allow-loopback-in-peer-connection',
  // A name under .local in place of the address cannot be resolved in a container.
  '--disable-features=WebRtcHideLocalIpsWithMdns',
  '--disable-background-timer-throttling',
  '--disable-renderer-backgrounding',
  '--disable-backgrounding-occluded-windows',
];

const DEFAULT_TIMEOUT_MS = 10_000;

/** Red, green, blue, 0 to 255. */
export type Rgb = readonly [number, number, number];

/** As far apart as they can be: a decoded picture is a little off its colour. */
const PALETTE = {
  red: [255, 0, 0],
  green: [0, 128, 0],
  blue: [0, 0, 255],
  yellow: [255, 255, 0],
  magenta: [255, 0, 255],
  cyan: [0, 255, 255],
  orange: [255, 140, 0],
  purple: [128, 0, 128],
  white: [255, 255, 255],
  gray: [128, 128, 128],
  black: [0, 0, 0],
} as const satisfies Record<string, Rgb>;

export type Colour = keyof typeof PALETTE;

/** The colour of the palette nearest to a measured one. */
export function colourName(rgb: Rgb): Colour {
  let nearest: Colour = 'black';
  let shortest = Number.POSITIVE_INFINITY;
  for (const name of Object.keys(PALETTE) as Colour[]) {
    const levels: Rgb = PALETTE[name];
    const distance = levels.reduce((sum, level, index) => sum + (level - (rgb[index] ?? 0)) ** 2, 0);
    if (distance < shortest) [nearest, shortest] = [name, distance];
  }
  return nearest;
}

/** Average of the decoded picture of a slot, whether a placeholder covers it or not; undefined before the first frame. */
export async function pixelOf(page: Page, slot: number): Promise<Rgb | undefined> {
  return (await lookAt(page, slot)).rgb;
}

/** What a person sees in a slot, and what the page says about it. */
export interface SlotLook {
  /** participantID of the source, '' for none. */
  readonly participant: string;
  /** Why a placeholder covers the video; undefined when the picture is to be seen. */
  readonly placeholder: string | undefined;
  /** Average of the decoded picture; undefined before the first frame. */
  readonly rgb: Rgb | undefined;
}

export async function lookAt(page: Page, slot: number): Promise<SlotLook> {
  await installProbe(page);
  return page.evaluate((index) => window.sightlineProbe.look(index), slot);
}

/**
 * Waits until a slot shows a colour, uncovered and moving: a frame has to come after the call, so a frozen picture does
 * not count. Resolves with the moment (Unix ms) since which the slot has shown it, which may be before the call. The
 * page looks at every presented frame by itself; nothing travels between the processes until it is there.
 */
export async function waitForColour(
  page: Page,
  slot: number,
  colour: Colour,
  timeoutMs = DEFAULT_TIMEOUT_MS,
): Promise<number> {
  const after = Date.now();
  const deadline = after + timeoutMs;
  for (;;) {
    try {
      await installProbe(page);
      const seen = await page.waitForFunction(
        (wish) => window.sightlineProbe.seenAt(wish),
        { slot, colour, after },
        { timeout: Math.max(1, deadline - Date.now()), polling: 20 },
      );
      return Number(await seen.jsonValue());
    } catch (cause) {
      if (page.isClosed()) throw cause;
      if (Date.now() >= deadline) {
        const look = JSON.stringify(await lookAt(page, slot));
        throw new Error(`Slot ${slot} did not turn ${colour} within ${timeoutMs} ms: ${look}`, { cause });
      }
      // The page was reloaded under the wait and took the probe with it.
      await delay(50);
    }
  }
}

/** Waits until a placeholder covers a slot, of one reason when it is given; resolves with the reason. */
export async function waitForPlaceholder(
  page: Page,
  slot: number,
  { reason, timeoutMs = DEFAULT_TIMEOUT_MS }: { reason?: string; timeoutMs?: number } = {},
): Promise<string> {
  const covered = reason === undefined ? '[data-placeholder]' : `[data-placeholder="${reason}"]`;
  const video = page.locator(`video[data-slot="${slot}"]${covered}`);
  await video.waitFor({ state: 'attached', timeout: timeoutMs });
  return (await video.getAttribute('data-placeholder')) ?? '';
}

/** States of a page: `data-state` of its root. */
export type PageState =
  | 'form'
  | 'joining'
  | 'connected'
  | 'reconnecting'
  | 'removed'
  | 'ended'
  | 'left'
  | 'failed';

export async function waitForState(
  page: Page,
  state: PageState,
  timeoutMs = DEFAULT_TIMEOUT_MS,
): Promise<void> {
  await page.locator(`html[data-state="${state}"]`).waitFor({ state: 'attached', timeout: timeoutMs });
}

/** The participantID that the server gave a page. */
export async function participantOf(page: Page): Promise<string> {
  return (await page.locator('html').getAttribute('data-participant-id')) ?? '';
}

/** One stretch of frames of one colour. */
export interface ColourSpan {
  readonly colour: Colour;
  /** Whether a placeholder covered them. */
  readonly covered: boolean;
  /** Unix ms of its first presented frame. */
  readonly since: number;
  /** Unix ms of its last presented frame. */
  readonly until: number;
  readonly frames: number;
}

/**
 * Every colour a slot has shown since the probe first looked at it, frame by frame: what a wait could miss. Call it
 * once to begin, and again with `since` to read what came after a moment.
 */
export async function coloursOf(page: Page, slot: number, since = 0): Promise<readonly ColourSpan[]> {
  await installProbe(page);
  return page.evaluate((wish) => window.sightlineProbe.spans(wish.slot, wish.since), { slot, since });
}

interface ProbeSettings {
  readonly palette: Readonly<Record<string, Rgb>>;
  /** A picture that stood still for longer begins a new span. */
  readonly gapMs: number;
}

interface Probe {
  look(slot: number): SlotLook;
  seenAt(wish: { slot: number; colour: string; after: number }): number | false;
  spans(slot: number, since: number): ColourSpan[];
}

/** The few parts of the DOM that the probe touches; these tests are type-checked without the DOM. */
interface PageVideo {
  readonly readyState: number;
  readonly videoWidth: number;
  readonly dataset: Readonly<Record<string, string | undefined>>;
  requestVideoFrameCallback(callback: () => void): number;
}
interface PageCanvas {
  width: number;
  height: number;
  getContext(
    kind: '2d',
    options: { willReadFrequently: boolean },
  ): {
    drawImage(video: PageVideo, x: number, y: number, width: number, height: number): void;
    getImageData(x: number, y: number, width: number, height: number): { readonly data: Uint8ClampedArray };
  } | null;
}
declare const document: {
  createElement(tag: 'canvas'): PageCanvas;
  querySelector(selector: string): PageVideo | null;
};
declare const window: { sightlineProbe: Probe };

async function installProbe(page: Page): Promise<void> {
  await page.evaluate(probe, { palette: PALETTE, gapMs: 1000 });
}

/** Runs in the page, so it may use nothing from outside itself. */
function probe({ palette, gapMs }: ProbeSettings): void {
  if (window.sightlineProbe) return;
  const canvas = document.createElement('canvas');
  canvas.width = 32;
  canvas.height = 18;
  const context = canvas.getContext('2d', { willReadFrequently: true });
  const watched = new Map<number, ColourSpan[]>();

  const videoOf = (slot: number): PageVideo | null => document.querySelector(`video[data-slot="${slot}"]`);

  const average = (video: PageVideo | null): Rgb | undefined => {
    if (!context || !video || video.readyState < 2 || video.videoWidth === 0) return undefined;
    context.drawImage(video, 0, 0, canvas.width, canvas.height);
    const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
    const sums: [number, number, number] = [0, 0, 0];
    for (let offset = 0; offset < data.length; offset += 4) {
      for (const channel of [0, 1, 2] as const) sums[channel] += data[offset + channel] ?? 0;
    }
    const pixels = data.length / 4;
    return [Math.round(sums[0] / pixels), Math.round(sums[1] / pixels), Math.round(sums[2] / pixels)];
  };

  const nearest = (rgb: Rgb): string => {
    let best = { name: 'black', distance: Number.POSITIVE_INFINITY };
    for (const [name, levels] of Object.entries(palette)) {
      const distance = levels.reduce((sum, level, index) => sum + (level - (rgb[index] ?? 0)) ** 2, 0);
      if (distance < best.distance) best = { name, distance };
    }
    return best.name;
  };

  const watch = (slot: number): ColourSpan[] => {
    const known = watched.get(slot);
    if (known) return known;
    const spans: ColourSpan[] = [];
    watched.set(slot, spans);
    const video = videoOf(slot);
    const onFrame = (): void => {
      record();
      video?.requestVideoFrameCallback(onFrame);
    };
    const record = (): void => {
      const rgb = average(video);
      if (!video || !rgb) return;
      const colour = nearest(rgb) as Colour;
      const covered = video.dataset.placeholder !== undefined;
      const now = Date.now();
      const last = spans.at(-1);
      if (last?.colour === colour && last.covered === covered && now - last.until < gapMs) {
        spans[spans.length - 1] = { ...last, until: now, frames: last.frames + 1 };
      } else {
        spans.push({ colour, covered, since: now, until: now, frames: 1 });
      }
    };
    video?.requestVideoFrameCallback(onFrame);
    return spans;
  };

  window.sightlineProbe = {
    look: (slot) => {
      const video = videoOf(slot);
      return {
        participant: video?.dataset.participant ?? '',
        placeholder: video ? video.dataset.placeholder : 'no such slot',
        rgb: average(video),
      };
    },
    seenAt: ({ slot, colour, after }) => {
      const last = watch(slot).at(-1);
      return last?.colour === colour && !last.covered && last.until >= after ? last.since : false;
    },
    spans: (slot, since) => watch(slot).filter(({ until }) => until >= since),
  };
}
