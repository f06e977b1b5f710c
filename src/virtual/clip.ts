import { readFileSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import type { VideoCodec } from '../media/endpoint/selection.ts';

/** The clips of `clips/`, made by `scripts/make-clips.sh`. */
export const CLIP_NAMES = ['red', 'green', 'blue', 'yellow'] as const;
export type ClipName = (typeof CLIP_NAMES)[number];

/** Frames a second of every clip. */
export const CLIP_FRAME_RATE = 15;

/** One encoded picture: a VP8 frame, or the NAL units of an H.264 access unit without start codes. */
export interface ClipFrame {
  readonly units: readonly Buffer[];
  readonly keyFrame: boolean;
}

/** A pre-encoded clip, whose first frame is its one key frame. */
export interface Clip {
  readonly name: ClipName;
  readonly codec: VideoCodec;
  readonly frames: readonly ClipFrame[];
}

export interface ClipPosition {
  readonly clip: ClipName;
  readonly index: number;
  readonly keyFrame: boolean;
}

const IVF_HEADER = 32;
const IVF_FRAME_HEADER = 12;
const loaded = new Map<string, Clip>();

export function loadClip(name: ClipName, codec: VideoCodec): Clip {
  const file = `${name}.${codec === 'VP8' ? 'ivf' : 'h264'}`;
  const known = loaded.get(file);
  if (known !== undefined) return known;
  const data = readFileSync(new URL(`./clips/${file}`, import.meta.url));
  const clip = { name, codec, frames: codec === 'VP8' ? ivfFrames(data) : accessUnits(data) };
  loaded.set(file, clip);
  return clip;
}

/** Recognises the frames of all clips by their content. */
export function clipIndex(codec: VideoCodec): ReadonlyMap<string, ClipPosition> {
  const index = new Map<string, ClipPosition>();
  for (const name of CLIP_NAMES) {
    for (const [position, { units, keyFrame }] of loadClip(name, codec).frames.entries()) {
      index.set(contentKey(units), { clip: name, index: position, keyFrame });
    }
  }
  return index;
}

/** What `clipIndex` finds a frame by. */
export function contentKey(units: readonly Buffer[]): string {
  let length = 0;
  let sum = 0;
  for (const unit of units) {
    length += unit.length;
    sum = crc32(unit, sum);
  }
  return `${length}:${sum}`;
}

function ivfFrames(data: Buffer): ClipFrame[] {
  const frames: ClipFrame[] = [];
  for (let offset = IVF_HEADER; offset + IVF_FRAME_HEADER <= data.length; ) {
    const start = offset + IVF_FRAME_HEADER;
    const end = start + data.readUInt32LE(offset);
    const frame = data.subarray(start, end);
    frames.push({ units: [frame], keyFrame: (frame.readUInt8(0) & 0x01) === 0 });
    offset = end;
  }
  return frames;
}

/** Splits Annex B: every slice ends an access unit, since the clips have one slice a picture. */
function accessUnits(data: Buffer): ClipFrame[] {
  const frames: ClipFrame[] = [];
  let units: Buffer[] = [];
  for (const unit of nalUnits(data)) {
    units.push(unit);
    const type = unit.readUInt8(0) & 0x1f;
    if (type !== 1 && type !== 5) continue;
    frames.push({ units, keyFrame: type === 5 });
    units = [];
  }
  return frames;
}

function nalUnits(data: Buffer): Buffer[] {
  const startCode = Buffer.from([0, 0, 1]);
  const units: Buffer[] = [];
  let start = data.indexOf(startCode);
  while (start >= 0) {
    const next = data.indexOf(startCode, start + 3);
    let end = next < 0 ? data.length : next;
    while (end > start + 3 && data[end - 1] === 0) end -= 1;
    units.push(data.subarray(start + 3, end));
    start = next;
  }
  return units;
}
