// A long message says what it costs before it is sent, a short one does not; and where it would not
// be taken, that is said while it can still be shortened.
import { beforeAll, expect, test } from 'vitest';
import { expectAccessible } from './support/accessibility';
import { WORDS } from './support/parlor-page';
import type { Account } from './support/server';
import { PHONE, stage } from './support/stage';
import { WireClient } from './support/wire-client';

const parlor = stage();
const { composer, reason } = WORDS.en;
const LONG = 'Many words are dear. '.repeat(800);
let owner: Account;

/** What a sentence with a gap in it begins with. */
const begins = (sentence: string) => new RegExp(`^${sentence.split('{{')[0]}`);

beforeAll(async () => {
  owner = await parlor.person({ role: 'owner' });
});

async function put(path: string, body: object): Promise<void> {
  const reply = await fetch(`${parlor.server.origin}${path}`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${owner.token}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  expect(reply.status, await reply.text()).toBe(200);
}

test.each([
  ['a wide window', {}],
  ['a phone', PHONE],
])('a long message says what it costs, on %s', async (_, options) => {
  const page = await parlor.visit(await parlor.person(), '/', options);
  await page.composer.fill(LONG);
  await page.page.getByText(begins(composer.estimate)).waitFor();
  await expectAccessible(page, 'an estimate');
  await page.composer.fill('Short');
  await page.page.getByText(begins(composer.estimate)).waitFor({ state: 'detached' });
});

test('with a price it says money, and a message that can never be sent says so', async () => {
  const wire = await WireClient.connect(parlor.server.origin, owner.token);
  const { models } = (await wire.ask('list_models', {}, 'models')) as { models: { id: string }[] };
  wire.close();
  const prices = models.map(({ id: model }) => ({ model, prompt: 2_500_000, answer: 10_000_000 }));
  await put('/api/prices', { currency: 'EUR', prices });
  const page = await parlor.visit(await parlor.person());
  await page.online();
  // Where nobody chose a model, it is known from the first answer on.
  await page.converse('Hello');
  await page.composer.fill(LONG);
  await page.page.getByText(/, €0\.0\d/).waitFor();
  await put('/api/limits', { of: 'everyone', limits: { tokensPerDay: 1_000 } });
  await page.composer.fill(`${LONG} Indeed.`);
  await page.page.getByText(reason.over_limit).waitFor();
  await expectAccessible(page, 'a message that is too dear');
  await put('/api/limits', { of: 'everyone', limits: {} });
});
