const WIDTH = 640;
const HEIGHT = 360;
const BAR_WIDTH = 12;
const STEPS = 96;

/**
 * A moving picture of one colour with a name on it, in place of a camera. Bar and name are small, so that the average
 * of the picture is near its colour.
 */
export class TestCard {
  readonly track: MediaStreamTrack;
  readonly #ticker: Worker;

  constructor(colour: string, name: string) {
    const canvas = document.createElement('canvas');
    canvas.width = WIDTH;
    canvas.height = HEIGHT;
    const context = canvas.getContext('2d', { alpha: false, willReadFrequently: true });
    if (!context) throw new Error('This browser draws no canvas');
    const ink = contrastTo(context, colour);
    let step = 0;
    const draw = (): void => {
      context.fillStyle = colour;
      context.fillRect(0, 0, WIDTH, HEIGHT);
      context.fillStyle = ink;
      context.fillRect((step * (WIDTH - BAR_WIDTH)) / STEPS, HEIGHT / 2, BAR_WIDTH, 28);
      context.font = '600 26px system-ui, sans-serif';
      context.fillText(name, 24, 44, WIDTH - 48);
      step = (step + 1) % STEPS;
    };
    draw();
    this.#ticker = new Worker(new URL('./ticker.worker.ts', import.meta.url), { type: 'module' });
    this.#ticker.onmessage = draw;
    const [track] = canvas.captureStream().getVideoTracks();
    if (!track) throw new Error('This browser captures no canvas');
    track.contentHint = 'motion';
    this.track = track;
  }

  close(): void {
    this.#ticker.terminate();
    this.track.stop();
  }
}

/** Black on light colours, white on dark ones. An unknown colour is drawn as the canvas's own black. */
function contrastTo(context: CanvasRenderingContext2D, colour: string): string {
  context.fillStyle = colour;
  context.fillRect(0, 0, 1, 1);
  const [red = 0, green = 0, blue = 0] = context.getImageData(0, 0, 1, 1).data;
  return 0.299 * red + 0.587 * green + 0.114 * blue > 140 ? '#000' : '#fff';
}

const TONE_HZ = 440;
const TONE_GAIN = 0.3;

/** A test tone in place of a microphone: silence until it is sounded. */
export class TestTone {
  readonly track: MediaStreamTrack;
  readonly #context: AudioContext;
  readonly #gain: GainNode;

  constructor() {
    this.#context = new AudioContext();
    const oscillator = new OscillatorNode(this.#context, { frequency: TONE_HZ });
    this.#gain = new GainNode(this.#context, { gain: 0 });
    const destination = new MediaStreamAudioDestinationNode(this.#context, { channelCount: 1 });
    oscillator.connect(this.#gain).connect(destination);
    oscillator.start();
    const [track] = destination.stream.getAudioTracks();
    if (!track) throw new Error('This browser makes no sound');
    this.track = track;
  }

  get sounding(): boolean {
    return this.#gain.gain.value > 0;
  }

  /** Must be called from a click where the browser holds back sound until one. */
  toggle(): void {
    this.#gain.gain.value = this.sounding ? 0 : TONE_GAIN;
    this.#context.resume().catch(() => undefined);
  }

  close(): void {
    this.track.stop();
    this.#context.close().catch(() => undefined);
  }
}
