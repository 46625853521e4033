// Where one is signed in: seen, signed out one by one or all at once, and never by accident.
import { expect, test } from 'vitest';
import { expectAccessible } from './support/accessibility';
import { devicesOf, personWithPassword, signedIn } from './support/accounts';
import { WORDS, type ParlorPage } from './support/parlor-page';
import { stage } from './support/stage';

const parlor = stage();
const { devices, signIn, settings } = WORDS.en;

async function open(page: ParlorPage): Promise<void> {
  await page.page.keyboard.press('Control+,');
  await page.page.getByRole('tab', { name: settings.section.devices }).click();
  await page.page.getByText(devices.intro).waitFor();
}

const rows = ({ page }: ParlorPage) => page.getByRole('list', { name: devices.title }).getByRole('listitem');

test('lists them with place and time, this one marked, and signs one out after a question', async () => {
  const person = await personWithPassword(parlor);
  const other = await signedIn(parlor, person);
  const page = await signedIn(parlor, person);
  await open(page);
  await expect.poll(() => rows(page).count()).toBe(2);
  const [here, there] = [rows(page).nth(0), rows(page).nth(1)];
  await here.getByText(devices.this, { exact: true }).waitFor();
  await there.getByText('127.0.0.1').waitFor();
  await there.getByText(WORDS.en.time.justNow).waitFor();
  await expect.poll(() => there.getByText(devices.this, { exact: true }).count()).toBe(0);
  await expectAccessible(page, 'my devices');

  const button = there.getByRole('button', { name: /^Sign out / });
  await button.focus();
  await page.page.keyboard.press('Enter');
  const question = there.getByRole('group');
  await question.waitFor();
  await expectAccessible(page, 'my devices: the question');
  await page.page.keyboard.press('Escape');
  await question.waitFor({ state: 'detached' });
  await expect.poll(() => rows(page).count(), { message: 'Escape means no, and closes nothing else' }).toBe(2);
  await expect.poll(() => button.evaluate((element) => element === document.activeElement), { message: 'the focus came back' }).toBe(true);

  await page.page.keyboard.press('Enter');
  await question.getByRole('button', { name: devices.signOut, exact: true }).click();
  await other.page.getByText(signIn.because['token-refused']).waitFor();
  await expect.poll(() => rows(page).count()).toBe(1);
});

test('signs all others out, and stays', async () => {
  const person = await personWithPassword(parlor);
  const others = [await signedIn(parlor, person), await signedIn(parlor, person)];
  const page = await signedIn(parlor, person);
  await open(page);
  await page.button(devices.signOutOthers).click();
  await page.page.getByText(devices.sureOthers_other.replace('{{count}}', '2')).waitFor();
  await page.page.getByRole('group').getByRole('button', { name: devices.signOutOthers }).click();
  await Promise.all(others.map((other) => other.page.getByText(signIn.because['token-refused']).waitFor()));
  await expect.poll(() => rows(page).count()).toBe(1);
  await expect.poll(() => devicesOf(parlor, person.token)).toHaveLength(1);
  await page.page.keyboard.press('Escape');
  await page.converse('Still here');
});

test('says what failed, and tries again', async () => {
  const person = await personWithPassword(parlor);
  const page = await signedIn(parlor, person);
  await page.page.context().route('**/api/devices', (route) => route.fulfill({ status: 500, json: { reason: 'store_failed' } }), { times: 1 });
  await page.page.keyboard.press('Control+,');
  await page.page.getByRole('tab', { name: settings.section.devices }).click();
  await page.page.getByText(WORDS.en.reason.server_trouble).waitFor();
  await expectAccessible(page, 'my devices: not loaded');
  await page.button(WORDS.en.common.retry).click();
  await page.page.getByText(devices.this, { exact: true }).waitFor();
});

test('a password is changed only by who knows the old one, and signs the others out', async () => {
  const person = await personWithPassword(parlor);
  const other = await signedIn(parlor, person);
  const page = await signedIn(parlor, person);
  await page.page.keyboard.press('Control+,');
  await page.page.getByRole('tab', { name: settings.section.sharing }).click();
  const current = page.page.getByLabel(settings.network.currentPassword, { exact: true });
  await current.fill('a guess of mine');
  await page.page.getByLabel(settings.network.password, { exact: true }).fill('a new password');
  await page.button(settings.network.setPassword).click();
  await page.page.getByText(WORDS.en.problem.currentPassword).waitFor();
  await current.fill('correct horse battery');
  await page.button(settings.network.setPassword).click();
  await page.page.getByText(settings.network.passwordSet).waitFor();
  await other.page.getByText(signIn.because['token-refused']).waitFor();
});
