// At midnight, UTC, all of a day's limits begin anew.

const DAY_MS = 86_400_000;
/** Longer than a test of a day's limit takes, also on a busy machine. */
const ENOUGH_MS = 90_000;

/** Waits for the next day where this one would end in the middle of a test. */
export async function awayFromMidnight(): Promise<void> {
  const left = DAY_MS - (Date.now() % DAY_MS);
  if (left < ENOUGH_MS) await new Promise((resolve) => setTimeout(resolve, left));
}
