/** What a page is asked for by its address. Read from the query and from the fragment, which stays in the browser. */
export interface PageOptions {
  readonly conference: string;
  readonly name: string;
  readonly password: string;
  readonly serialNumber: string;
  readonly activationCode: string;
  /** Lets in once without a password; somebody who was rung has it. */
  readonly invitation: string;
  /** Whether to look on only: the devices stay closed. */
  readonly audience: boolean;
  readonly slots: number;
  readonly camera: CameraOption;
  readonly audio: boolean;
}

export type CameraOption =
  | { readonly kind: 'device' }
  | { readonly kind: 'off' }
  /** A moving test card of a CSS colour. */
  | { readonly kind: 'test'; readonly colour: string };

const MOST_SLOTS = 16;

export function parsePageOptions(query: string, fragment: string, defaultSlots: number): PageOptions {
  const inQuery = new URLSearchParams(query);
  const inFragment = new URLSearchParams(fragment.replace(/^#/, ''));
  const value = (key: string): string => (inFragment.get(key) ?? inQuery.get(key) ?? '').trim();
  return {
    conference: value('conference'),
    name: value('name'),
    password: value('password'),
    serialNumber: value('sn'),
    activationCode: value('code'),
    invitation: value('invitation'),
    audience: value('audience') === 'on',
    slots: parseSlots(value('slots'), defaultSlots),
    camera: parseCamera(value('camera')),
    audio: value('audio') !== 'off',
  };
}

function parseSlots(text: string, fallback: number): number {
  const slots = Number.parseInt(text, 10);
  return Number.isInteger(slots) && slots >= 1 ? Math.min(slots, MOST_SLOTS) : fallback;
}

function parseCamera(text: string): CameraOption {
  if (text === 'off') return { kind: 'off' };
  const colour = /^test:(.+)$/.exec(text)?.[1];
  return colour === undefined ? { kind: 'device' } : { kind: 'test', colour };
}
