// Too many tries to sign in: when the next one makes sense is said, and then it works.
import { expect, test } from 'vitest';
import { expectAccessible } from './support/accessibility';
import { personWithPassword, signInOn } from './support/accounts';
import { WORDS } from './support/parlor-page';
import { stage } from './support/stage';

const parlor = stage({ settings: { PARLOR_LIMITS_SIGN_IN_PER_MINUTE: '1' } });
const { signIn } = WORDS.en;

test('says how long to wait, and keeps what was typed', async () => {
  const person = await personWithPassword(parlor);
  const page = await parlor.visit(null, '/');
  await signInOn(page, person.name, 'first guess');
  await page.page.getByText(signIn.wrong).waitFor();
  await page.page.getByLabel(signIn.password, { exact: true }).fill('');
  const answered = page.page.waitForResponse((response) => response.url().endsWith('/api/session'));
  await signInOn(page, person.name, 'second guess');
  const refusal = await answered;
  expect(refusal.status()).toBe(429);
  const { retryAfter } = (await refusal.json()) as { retryAfter: number };
  expect(retryAfter).toBeGreaterThan(0);
  const words = page.page.getByRole('alert').getByText(new RegExp(`^${signIn.tooManyTries.split('{{')[0]}`));
  await words.waitFor();
  // A whole minute is called one: on a quick machine nothing of it has passed.
  const seconds = Math.ceil(retryAfter / 1000);
  const time = seconds === 60 ? '1 min' : `${seconds} sec`;
  await expect.poll(() => words.innerText(), { message: 'the server’s own time' }).toContain(time);
  await expect.poll(() => page.page.getByLabel(signIn.name, { exact: true }).inputValue()).toBe(person.name);
  await expectAccessible(page, 'sign-in, too many tries');
});
