import type { CameraOption } from './page-options.ts';
import { TestCard, TestTone } from './test-card.ts';

const CAMERA: MediaTrackConstraints = {
  width: { ideal: 1280 },
  height: { ideal: 720 },
  frameRate: { max: 30 },
};

export interface LocalMediaOptions {
  readonly camera: CameraOption;
  readonly audio: boolean;
  /** Written on a test card. */
  readonly name: string;
}

/** Opened devices, or what stands for them. */
interface Source {
  readonly tracks: readonly MediaStreamTrack[];
  readonly card?: TestCard;
  readonly tone?: TestTone;
}

/** What this page publishes. The tracks outlive every reconnect, but not a time in the waiting room. */
export class LocalMedia {
  readonly stream = new MediaStream();
  readonly #options: LocalMediaOptions;
  #source: Source | undefined;
  /** Grows with each opening and closing, so that devices which open too late are closed at once. */
  #generation = 0;
  /** What was switched off stays off when the devices are opened again. */
  #switchedOff = { camera: false, microphone: false };

  private constructor(options: LocalMediaOptions) {
    this.#options = options;
  }

  static async open(options: LocalMediaOptions): Promise<LocalMedia> {
    const media = new LocalMedia(options);
    await media.resume();
    return media;
  }

  get tone(): TestTone | undefined {
    return this.#source?.tone;
  }

  get video(): MediaStreamTrack | undefined {
    return this.stream.getVideoTracks()[0];
  }

  get audio(): MediaStreamTrack | undefined {
    return this.stream.getAudioTracks()[0];
  }

  get hasVideo(): boolean {
    return this.video !== undefined;
  }

  get hasTracks(): boolean {
    return this.stream.getTracks().length > 0;
  }

  /** Whether the devices are closed for the time being. */
  get suspended(): boolean {
    return this.#source === undefined;
  }

  get cameraOn(): boolean {
    return this.video?.enabled ?? false;
  }

  get microphoneOn(): boolean {
    return this.audio?.enabled ?? false;
  }

  setCamera(on: boolean): void {
    if (this.video) this.video.enabled = on;
  }

  toggleMicrophone(): void {
    if (this.audio) this.audio.enabled = !this.audio.enabled;
  }

  /** Opens the devices again; without effect when they are open. */
  async resume(): Promise<void> {
    if (this.#source) return;
    this.#generation += 1;
    const generation = this.#generation;
    const source = await openSource(this.#options);
    if (generation !== this.#generation) {
      closeSource(source);
      return;
    }
    this.#source = source;
    for (const track of source.tracks) this.stream.addTrack(track);
    if (this.video) this.video.enabled = !this.#switchedOff.camera;
    if (this.audio) this.audio.enabled = !this.#switchedOff.microphone;
  }

  /** Closes the devices until `resume`: their lights go off. */
  suspend(): void {
    this.#generation += 1;
    const source = this.#source;
    if (!source) return;
    this.#switchedOff = {
      camera: this.video?.enabled === false,
      microphone: this.audio?.enabled === false,
    };
    this.#source = undefined;
    for (const track of source.tracks) this.stream.removeTrack(track);
    closeSource(source);
  }
}

async function openSource({ camera, audio, name }: LocalMediaOptions): Promise<Source> {
  if (camera.kind !== 'test') return { tracks: await openDevices(camera.kind === 'device', audio) };
  const card = new TestCard(camera.colour, name);
  if (!audio) return { tracks: [card.track], card };
  const tone = new TestTone();
  return { tracks: [card.track, tone.track], card, tone };
}

function closeSource({ tracks, card, tone }: Source): void {
  for (const track of tracks) track.stop();
  card?.close();
  tone?.close();
}

/** Camera and microphone, or the one there is and may be used, or nothing: who has no devices can still watch. */
async function openDevices(camera: boolean, microphone: boolean): Promise<MediaStreamTrack[]> {
  const wishes: MediaStreamConstraints[] = [];
  if (camera && microphone) wishes.push({ video: CAMERA, audio: true });
  if (microphone) wishes.push({ audio: true });
  if (camera) wishes.push({ video: CAMERA });
  for (const wish of wishes) {
    try {
      return (await navigator.mediaDevices.getUserMedia(wish)).getTracks();
    } catch {
      // The next wish is smaller.
    }
  }
  return [];
}
