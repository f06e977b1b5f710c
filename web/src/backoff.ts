const FIRST_DELAY_MS = 250;
const LONGEST_DELAY_MS = 4000;

/**
 * How long to wait before try number `attempt` (0 is the first repetition): doubling, with up to a quarter taken off
 * at random so that the participants of a restarted server do not all come back in the same moment.
 */
export function backoffMs(attempt: number, random: () => number = Math.random): number {
  const fullDelay = Math.min(FIRST_DELAY_MS * 2 ** attempt, LONGEST_DELAY_MS);
  return Math.round(fullDelay * (1 - random() / 4));
}
