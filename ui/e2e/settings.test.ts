// What belongs to the device stays on it; what belongs to the person lives on the server.
import { expect, test } from 'vitest';
import { WORDS, type ParlorPage } from './support/parlor-page';
import { PHONE, stage } from './support/stage';
import { WireClient } from './support/wire-client';

const parlor = stage();
const { settings } = WORDS.en;

async function open(page: ParlorPage, section: string): Promise<void> {
  await page.page.keyboard.press('Control+,');
  await page.page.getByRole('tab', { name: section }).click();
}
const theme = (page: ParlorPage) => page.page.evaluate(() => document.documentElement.dataset['theme']);
const ink = (page: ParlorPage) => page.page.evaluate(() => getComputedStyle(document.body).color);

test('the theme changes at once, lasts, and follows the system when told to', async () => {
  const page = await parlor.guest({ colorScheme: 'light' });
  await expect.poll(() => theme(page)).toBe('light');
  const light = await ink(page);
  await open(page, settings.section.general);
  await page.page.getByRole('radio', { name: settings.appearance.theme_dark }).click();
  await expect.poll(() => theme(page)).toBe('dark');
  await expect.poll(() => ink(page)).not.toBe(light);
  await page.page.reload();
  await page.composer.waitFor();
  await expect.poll(() => theme(page), { message: 'kept on this device' }).toBe('dark');
  await open(page, settings.section.general);
  await page.page.getByRole('radio', { name: settings.appearance.theme_system }).click();
  await expect.poll(() => theme(page)).toBe('light');
  await page.page.emulateMedia({ colorScheme: 'dark' });
  await expect.poll(() => theme(page)).toBe('dark');
});

test('the language changes at once in the whole window, and lasts', async () => {
  const page = await parlor.guest();
  await open(page, settings.section.general);
  await page.page.getByRole('combobox', { name: settings.appearance.language }).click();
  await page.page.getByRole('option', { name: 'Русский' }).click();
  const ru = WORDS.ru;
  await page.page.getByRole('dialog', { name: ru.settings.title }).waitFor();
  await page.page.keyboard.press('Escape');
  await page.page.getByText(ru.thread.emptyTitle).waitFor();
  await expect.poll(() => page.page.evaluate(() => document.documentElement.lang)).toBe('ru');
  await page.page.reload();
  await page.page.getByText(ru.thread.emptyTitle).waitFor();
});

test('instructions and temperature reach the model, other devices, and a restart', async () => {
  const person = await parlor.person();
  const page = await parlor.visit(person);
  await page.online();
  const phone = await parlor.visit(person, '/', PHONE);
  await phone.composer.waitFor();
  await open(page, settings.section.answers);
  await page.page.getByLabel(settings.conversation.systemPrompt).fill('Answer like a lighthouse keeper.');
  await page.page.getByRole('switch').click();
  const slider = page.page.getByRole('slider', { name: settings.conversation.temperature });
  await slider.fill('1.3');
  await page.page.keyboard.press('Escape');
  await page.page.getByRole('dialog').waitFor({ state: 'detached' });

  const wire = await WireClient.connect(parlor.server.origin, person.token);
  const kept = async (name: string) => (await wire.ask('get_settings', {}, 'settings'))[name];
  await expect.poll(() => kept('temperature'), { message: 'saved without a button' }).toBeCloseTo(1.3);
  await expect.poll(() => kept('systemPrompt')).toBe('Answer like a lighthouse keeper.');
  wire.close();
  await parlor.server.kill();
  await parlor.server.restart();
  await page.online();
  await page.converse('Is the lamp lit?');
  const { body } = parlor.provider.questions.at(-1) ?? {};
  expect(body?.temperature).toBeCloseTo(1.3);
  expect(body?.messages[0]).toEqual({ role: 'system', content: 'Answer like a lighthouse keeper.' });

  await phone.converse('And on the phone?');
  expect(parlor.provider.questions.at(-1)?.body.messages[0]?.content).toBe('Answer like a lighthouse keeper.');
  const third = await parlor.visit(person);
  await third.online();
  await open(third, settings.section.answers);
  await expect.poll(() => third.page.getByLabel(settings.conversation.systemPrompt).inputValue()).toBe('Answer like a lighthouse keeper.');
  await expect.poll(() => third.page.getByRole('slider').inputValue()).toBe('1.3');
});

test('a password set here signs in elsewhere', async () => {
  const person = await parlor.person();
  const page = await parlor.visit(person);
  await page.online();
  await open(page, settings.section.sharing);
  const field = page.page.getByLabel(settings.network.password);
  await field.fill('short');
  await page.button(settings.network.setPassword).click();
  await page.page.getByText(settings.network.passwordShort).waitFor();
  await field.fill('a longer password');
  await page.button(settings.network.setPassword).click();
  await page.page.getByText(settings.network.passwordSet).waitFor();

  const elsewhere = await parlor.visit(null);
  await elsewhere.page.getByLabel(WORDS.en.signIn.name, { exact: true }).fill(person.name);
  await elsewhere.page.getByLabel(WORDS.en.signIn.password, { exact: true }).fill('a longer password');
  await elsewhere.page.keyboard.press('Enter');
  await elsewhere.online();
});
