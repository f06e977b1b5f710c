import { localisePage, text } from './i18n.ts';
import { Meeting } from './meeting.ts';
import { parsePageOptions } from './page-options.ts';

const TERMINAL_SLOTS = 1;
const RETRY_MS = 5000;
/** From the third refusal on: fewer than the five wrong tries in a minute that a server allows an address. */
const SLOW_RETRY_MS = 20_000;
const THROTTLED_RETRY_MS = 60_000;

localisePage();
const options = parsePageOptions(location.search, location.hash, TERMINAL_SLOTS);
const { conference, serialNumber, activationCode } = options;
let refusals = 0;
let timer: ReturnType<typeof setTimeout> | undefined;

/** A kiosk comes back by itself, unless somebody took it out: then it waits for a hand. */
const meeting = new Meeting({ ...options, opensCameraAtOnce: true }, (status, view, error) => {
  switch (status) {
    case 'ended':
      refusals = 0;
      view.showNotice(text.endedTerminal);
      joinAfter(RETRY_MS);
      break;
    case 'failed': {
      const throttled = error?.reason === 'throttled';
      refusals += 1;
      view.showNotice(throttled ? text.errorThrottled : text.errorRefusedTerminal);
      joinAfter(
        throttled ? error.retryAfterMs || THROTTLED_RETRY_MS : refusals < 3 ? RETRY_MS : SLOW_RETRY_MS,
      );
      break;
    }
    case 'removed':
    case 'left':
      refusals = 0;
      view.showNotice(text[status]);
      break;
    default:
      status satisfies never;
  }
});

function joinAfter(waitMs: number): void {
  clearTimeout(timer);
  timer = setTimeout(join, waitMs);
}

function join(): void {
  clearTimeout(timer);
  meeting.start({
    conference,
    key: serialNumber,
    name: options.name || serialNumber,
    request: activationCode === '' ? undefined : { serialNumber, activationCode },
  });
}

if (conference === '' || serialNumber === '') {
  document.documentElement.dataset.state = 'failed';
  meeting.view.showNotice(text.incomplete);
} else {
  join();
}
