// The pages of use and of limits in light and dark, on a wide window and on a phone: everybody can
// use them, and nothing is wider than the screen.
import { mkdirSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { expectAccessible } from './support/accessibility';
import { api, personWithPassword, signedIn } from './support/accounts';
import { WORDS, type ParlorPage } from './support/parlor-page';
import type { Account } from './support/server';
import { PHONE, stage } from './support/stage';
import { WireClient } from './support/wire-client';

const parlor = stage();
const { admin, common } = WORDS.en;
const { limits, usage } = admin;
let owner: Account;
let member: Account;

beforeAll(async () => {
  owner = await parlor.person({ role: 'owner' });
  member = await personWithPassword(parlor, 'member');
  const prices = [{ model: 'custom/*', prompt: 1_000_000_000, answer: 2_000_000_000 }];
  await api(parlor, owner.token, '/api/prices', 'PUT', { currency: 'USD', prices });
  const wire = await WireClient.connect(parlor.server.origin, member.token);
  await wire.ask('create_chat', { chatId: 'spent' }, 'chat_created');
  await wire.converse('spent', 'What does this cost?');
  wire.close();
});

/** For looking at: only where PARLOR_PICTURES names a folder. */
async function picture({ page }: ParlorPage, name: string): Promise<void> {
  const folder = process.env['PARLOR_PICTURES'];
  if (folder === undefined) return;
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: `${folder}/${name.replaceAll(' ', '-')}.png`, animations: 'disabled' });
}

const SIZES = [
  ['a wide window', {}],
  ['a phone', PHONE],
] as const;

describe.each(['light', 'dark'] as const)('in %s', (colorScheme) => {
  test.each(SIZES)('on %s', async (size, options) => {
    const page = await parlor.visit(owner, '/admin/usage', { ...options, colorScheme });
    const judge = async (screen: string) => {
      const name = `${screen} in ${colorScheme} on ${size}`;
      await expectAccessible(page, name);
      await picture(page, name);
      const wide = () => page.page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      await expect.poll(wide, { message: `nothing of ${name} hangs over the edge` }).toBeLessThanOrEqual(0);
    };
    await page.page.getByRole('region', { name: usage.people }).getByText(member.name).waitFor();
    await judge('usage');
    await page.page.getByRole('radio', { name: usage.of.cost }).click();
    await page.page.getByRole('combobox', { name: usage.period }).click();
    await page.page.getByRole('option', { name: usage.days[365] }).click();
    await page.page.getByRole('region', { name: usage.models }).getByText('prose-1').waitFor();
    await judge('usage of a year');

    await page.goto('/admin/limits');
    await page.page.getByLabel(limits.field.messagesPerDay).waitFor();
    await judge('limits');
    await page.page.getByRole('radio', { name: limits.of.user }).click();
    await page.page.getByRole('combobox', { name: limits.person }).click();
    await page.page.getByRole('option', { name: member.name, exact: true }).click();
    const field = page.page.getByLabel(limits.field.costPerMonth);
    await field.fill('a lot');
    await page.button(common.save).first().click();
    await page.page.getByText(limits.wrong).waitFor();
    await judge('a wrong limit');
  });
});

test('the choice of a device', async () => {
  await signedIn(parlor, member);
  const page = await parlor.visit(owner, '/admin/limits', { ...PHONE, colorScheme: 'dark' });
  await page.page.getByRole('radio', { name: limits.of.user }).click();
  await page.page.getByRole('combobox', { name: limits.person }).click();
  await page.page.getByRole('option', { name: member.name, exact: true }).click();
  await page.page.getByRole('combobox', { name: limits.device }).click();
  await page.page.getByRole('option').nth(1).click();
  await page.page.getByText(limits.hint.device).waitFor();
  await expectAccessible(page, 'the limits of a device on a phone');
  await picture(page, 'limits of a device');
});
