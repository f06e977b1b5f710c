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

/** What this page publishes. Opened once; the tracks outlive every reconnect. */
export class LocalMedia {
  readonly stream: MediaStream;
  readonly tone: TestTone | undefined;
  readonly #card: TestCard | undefined;

  private constructor(tracks: readonly MediaStreamTrack[], card?: TestCard, tone?: TestTone) {
    this.stream = new MediaStream([...tracks]);
    this.#card = card;
    this.tone = tone;
  }

  static async open({ camera, audio, name }: LocalMediaOptions): Promise<LocalMedia> {
    if (camera.kind === 'test') {
      const card = new TestCard(camera.colour, name);
      const tone = audio ? new TestTone() : undefined;
      return new LocalMedia(tone ? [card.track, tone.track] : [card.track], card, tone);
    }
    return new LocalMedia(await openDevices(camera.kind === 'device', audio));
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

  get cameraOn(): boolean {
    return this.video?.enabled ?? false;
  }

  get microphoneOn(): boolean {
    return this.audio?.enabled ?? false;
  }

  toggleCamera(): void {
    if (this.video) this.video.enabled = !this.video.enabled;
  }

  toggleMicrophone(): void {
    if (this.audio) this.audio.enabled = !this.audio.enabled;
  }

  close(): void {
    for (const track of this.stream.getTracks()) track.stop();
    this.#card?.close();
    this.tone?.close();
  }
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
