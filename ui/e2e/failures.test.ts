// A failed answer says in a sentence what happened, keeps what was written, and Retry works.
import { expect, test } from 'vitest';
import { WORDS } from './support/parlor-page';
import type { Reply } from './support/reply';
import { stage } from './support/stage';

// Short enough to wait for, and longer than a busy machine takes for an answer that does come.
const SILENCE_MS = '6000';
const parlor = stage({
  settings: { PARLOR_PROVIDER_FIRST_TOKEN_TIMEOUT_MS: SILENCE_MS, PARLOR_PROVIDER_IDLE_TIMEOUT_MS: SILENCE_MS },
});
const { reason, thread } = WORDS.en;

type Fault = [name: string, fault: (reply: Reply) => Reply, sentence: string, kept: string | null];
const faults: Fault[] = [
  ['a refused key', (reply) => reply.refuse(401, 'Incorrect API key'), reason.key_refused, null],
  ['a forbidden model', (reply) => reply.refuse(403, 'not in your plan'), reason.provider_forbids, null],
  ['an unknown model', (reply) => reply.refuse(404, 'no such model'), reason.model_not_found, null],
  ['a refused request', (reply) => reply.refuse(400, 'temperature is too cold'), reason.request_refused, null],
  ['a fault of the provider', (reply) => reply.refuse(500, 'oh no'), reason.provider_failed, null],
  ['an empty answer', (reply) => reply.end(), reason.empty_answer, null],
  ['a model that never begins', (reply) => reply, reason.no_first_token, null],
  ['a model that falls silent', (reply) => reply.say('Half of it'), reason.stalled, 'Half of it'],
  ['a broken line', (reply) => reply.say('Half of it').cut(), reason.cut_off, 'Half of it'],
];

test.each(faults)('%s is told in words, and Retry works', async (name, fault, sentence, kept) => {
  const page = await parlor.guest();
  fault(parlor.provider.next(name));
  await page.ask(`Please meet ${name}`);
  await page.says(sentence);
  if (kept !== null) await page.says(kept);
  const reply = parlor.provider.next(name).say('Better now.').end();
  await page.answer.getByRole('button', { name: thread.retry, exact: true }).click();
  await reply.asked;
  await page.says('Better now.');
  await page.settled();
  await expect.poll(() => page.answer.getByText(sentence).count(), { message: 'the failure is gone' }).toBe(0);
  await expect.poll(() => page.questions.count(), { message: 'the question stands once' }).toBe(1);
});

test('a busy provider says when to try again', async () => {
  const page = await parlor.guest();
  parlor.provider.next('busy').refuse(429, 'slow down', { 'retry-after': '600' });
  await page.ask('Are you busy?');
  await page.says(reason.provider_busy);
  await page.says(/Try again in \d+ seconds/);
  await expect.poll(() => page.answer.getByRole('button', { name: thread.retry, exact: true }).isDisabled()).toBe(true);
});

test('where the model’s server is gone the guide answers and says so', async () => {
  const page = await parlor.guest();
  await page.online();
  await parlor.provider.stop();
  await page.ask('Is anybody there?');
  await page.says(/could not be reached, so I answer in its place/);
  await page.says('not an AI model');
  await page.questions.getByText('Is anybody there?').waitFor();
});
