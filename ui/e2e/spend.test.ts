// What was spent is shown by day, person and model; limits set here refuse the next message, and
// models that are not allowed are not offered.
import { beforeAll, beforeEach, expect, test } from 'vitest';
import { expectAccessible } from './support/accessibility';
import { devicesOf, personWithPassword, signedIn, type Device } from './support/accounts';
import { awayFromMidnight } from './support/day';
import { WORDS, type ParlorPage } from './support/parlor-page';
import type { Account } from './support/server';
import { stage } from './support/stage';
import { WireClient } from './support/wire-client';

const parlor = stage();
const { admin, common } = WORDS.en;
const { limits, prices, usage } = admin;
let owner: Account;
let member: Account;

beforeAll(async () => {
  owner = await parlor.person({ role: 'owner' });
  member = await parlor.person({ role: 'member' });
});

beforeEach(awayFromMidnight);

/** A model's name with its provider's. */
async function modelId(name: string): Promise<string> {
  const wire = await WireClient.connect(parlor.server.origin, owner.token);
  const { models } = (await wire.ask('list_models', {}, 'models')) as { models: { id: string }[] };
  wire.close();
  return models.find(({ id }) => id.endsWith(`/${name}`))?.id ?? '';
}

async function section(page: ParlorPage, name: 'usage' | 'limits'): Promise<void> {
  await page.goto(`/admin/${name}`);
  await page.page.getByRole('tabpanel').waitFor();
}

test('prices are kept, and what they make of the use is shown by day, person and model', async () => {
  const page = await parlor.visit(owner);
  await page.online();
  await section(page, 'limits');
  const form = page.page.getByRole('region', { name: prices.title });
  await form.getByRole('button', { name: prices.add }).click();
  await form.getByRole('textbox', { name: `${prices.model} 1` }).fill(await modelId('prose-1'));
  await form.getByRole('button', { name: common.save }).click();
  await form.getByText(prices.wrong).waitFor();
  await form.getByRole('textbox', { name: `${prices.prompt} 1` }).fill('1000000');
  await form.getByRole('textbox', { name: `${prices.answer} 1` }).fill('2000000,5');
  await form.getByRole('button', { name: common.save }).click();
  await page.page.getByText(prices.saved).waitFor();
  await page.page.reload();
  await expect.poll(() => form.getByRole('textbox', { name: `${prices.answer} 1` }).inputValue()).toBe('2000000.5');
  await expectAccessible(page, 'limits and prices');

  const theirs = await parlor.visit(member);
  await theirs.composer.waitFor();
  await theirs.converse('How much is this?');
  await section(page, 'usage');
  const people = page.page.getByRole('region', { name: usage.people });
  await people.getByText(member.name).waitFor();
  await page.page.getByRole('region', { name: usage.models }).getByText('prose-1').waitFor();
  await page.page.getByRole('radio', { name: usage.of.tokens }).click();
  await people.getByRole('button', { name: member.name }).click();
  await page.page.getByText(usage.byOne.replace('{{name}}', member.name)).waitFor();
  const plot = page.page.getByRole('img', { name: new RegExp(usage.of.tokens) });
  await plot.focus();
  await page.page.keyboard.press('ArrowLeft');
  await page.page.getByRole('figure').getByRole('status').getByText(/20\d\d: [1-9]/).waitFor();
  await expectAccessible(page, 'usage');
});

test('a limit of one person refuses their next message, in words, until it is taken away', async () => {
  const page = await parlor.visit(owner);
  await page.online();
  await section(page, 'limits');
  await page.page.getByRole('radio', { name: limits.of.user }).click();
  await page.page.getByRole('combobox', { name: limits.person }).click();
  await page.page.getByRole('option', { name: member.name }).click();
  const field = page.page.getByLabel(limits.field.messagesPerDay);
  await field.fill('a few');
  await page.button(common.save).first().click();
  await page.page.getByText(limits.wrong).waitFor();
  await field.fill('1');
  await page.button(common.save).first().click();
  await page.page.getByText(limits.saved).waitFor();
  await page.page.getByRole('list', { name: limits.own }).getByText(member.name).waitFor();

  const theirs = await parlor.visit(member);
  await theirs.composer.waitFor();
  await theirs.ask('One more than allowed');
  await theirs.page.getByText(WORDS.en.reason.daily_limit).first().waitFor();
  expect(parlor.provider.asked('One more than allowed')).toBe(0);
  await field.fill('');
  await page.button(common.save).first().click();
  await page.page.getByRole('list', { name: limits.own }).waitFor({ state: 'detached' });
});

test('a limit of one device refuses there, and not on the person’s other device', async () => {
  const person = await personWithPassword(parlor, 'member');
  const limited = await signedIn(parlor, person);
  const [device] = await devicesOf(parlor, person.token);
  const { deviceId, name } = device as Device;
  const free = await signedIn(parlor, person);
  const page = await parlor.visit(owner);
  await page.online();
  await section(page, 'limits');
  await page.page.getByRole('radio', { name: limits.of.user }).click();
  await page.page.getByRole('combobox', { name: limits.person }).click();
  await page.page.getByRole('option', { name: person.name, exact: true }).click();
  const choice = page.page.getByRole('combobox', { name: limits.device });
  await choice.click();
  // Both are browsers of one kind and bear one name, the one used last first.
  const options = page.page.getByRole('option', { name: `${name} ·` });
  const order = (await devicesOf(parlor, person.token)).map((one) => one.deviceId);
  await options.nth(order.indexOf(deviceId)).click();
  await page.page.getByText(limits.hint.device).waitFor();
  await page.page.getByText(limits.zeroAlone).waitFor();
  const field = page.page.getByLabel(limits.field.messagesPerDay);
  await field.fill('1');
  await page.button(common.save).first().click();
  await page.page.getByText(limits.saved).waitFor();
  await choice.getByText(limits.limited.replace('{{name}}', name)).waitFor();
  await expectAccessible(page, 'the limits of a device');

  await limited.converse('The one that is allowed');
  await limited.ask('One more on the device');
  await limited.page.getByText(WORDS.en.reason.daily_limit).first().waitFor();
  expect(parlor.provider.asked('One more on the device')).toBe(0);
  await free.newChat();
  await free.converse('The same person elsewhere');
  await field.fill('');
  await page.button(common.save).first().click();
  await choice.getByText(`${name} ·`).waitFor();
});

test('a model that is not allowed to a person is not offered to them', async () => {
  const page = await parlor.visit(owner);
  await page.online();
  await section(page, 'limits');
  await page.page.getByRole('switch', { name: limits.someModels }).click();
  await page.page.getByRole('checkbox', { name: /verse-2$/ }).click();
  await page.button(common.save).first().click();
  await page.page.getByText(limits.saved).waitFor();
  await expectAccessible(page, 'allowed models');

  const theirs = await parlor.visit(await parlor.person({ role: 'member' }));
  await theirs.online();
  await theirs.button(/^Model: /).click();
  await theirs.page.getByRole('option', { name: /verse-2/ }).waitFor();
  await expect.poll(() => theirs.page.getByRole('option', { name: /^prose-1/ }).count()).toBe(0);
});
