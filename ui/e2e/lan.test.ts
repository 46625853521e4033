// Sharing on the local network: the switch and the code at the computer, the phone's own page over
// TLS, the yes, and the device that is sent away again.
import decodeQR from 'qr/decode.js';
import type { BrowserContext, Page } from 'playwright-core';
import { afterEach, expect, test } from 'vitest';
import { expectAccessible } from './support/accessibility';
import { ParlorPage, WORDS } from './support/parlor-page';
import { PHONE, stage } from './support/stage';

const parlor = stage();
const { sharing, settings, signIn, common } = WORDS.en;

const phones: BrowserContext[] = [];
afterEach(async () => {
  for (const phone of phones.splice(0)) await phone.close();
});

/** A phone whose owner passed the browser's warning, at `link`. */
async function phoneAt(link: string): Promise<Page> {
  const context = await parlor.browser.newContext({ ...PHONE, locale: 'en-GB', reducedMotion: 'reduce', ignoreHTTPSErrors: true });
  context.setDefaultTimeout(60_000);
  phones.push(context);
  const page = await context.newPage();
  await page.goto(link);
  return page;
}

/** The sharing page of the settings, for an owner at the computer. */
async function sharingPage() {
  const page = await parlor.visit(await parlor.person({ role: 'owner' }));
  await page.online();
  await page.sidebar.getByRole('button', { name: new RegExp(`^${settings.title}`) }).click();
  const dialog = page.page.getByRole('dialog', { name: settings.title });
  await dialog.getByRole('tab', { name: settings.section.sharing }).click();
  const toggle = dialog.getByRole('switch', { name: sharing.share });
  await toggle.waitFor();
  if ((await toggle.getAttribute('aria-checked')) === 'false') await toggle.click();
  await dialog.getByText(sharing.addresses, { exact: true }).waitFor();
  return { page, dialog };
}

/** What a camera reads in the picture. */
async function scanned(page: Page): Promise<string> {
  const picture = await page.getByRole('img', { name: sharing.qr }).evaluate(async (svg) => {
    const side = 320;
    const image = new Image(side, side);
    image.src = `data:image/svg+xml,${encodeURIComponent(new XMLSerializer().serializeToString(svg))}`;
    await image.decode();
    const canvas = Object.assign(document.createElement('canvas'), { width: side, height: side });
    const context = canvas.getContext('2d');
    if (context === null) throw new Error('no canvas');
    context.drawImage(image, 0, 0, side, side);
    return { width: side, height: side, data: [...context.getImageData(0, 0, side, side).data] };
  });
  return decodeQR({ ...picture, data: Uint8ClampedArray.from(picture.data) });
}

/** For looking at: only where PARLOR_PICTURES names a folder. */
async function picture(page: Page, name: string): Promise<void> {
  const folder = process.env['PARLOR_PICTURES'];
  if (folder !== undefined) await page.screenshot({ path: `${folder}/${name}.png`, animations: 'disabled' });
}

test('a phone scans the code, is confirmed by its number, and is sent away again', async () => {
  const { page, dialog } = await sharingPage();
  await dialog.getByRole('button', { name: sharing.makeCode }).click();
  await dialog.getByRole('timer').waitFor();
  const link = await scanned(page.page);
  expect(link).toMatch(/^https:\/\/[\d.]+:\d+\/#pair=[2-9A-Z]{4}-[2-9A-Z]{4}&sha256=[\w-]{43}$/);
  const phone = await phoneAt(link);
  await phone.getByRole('button', { name: sharing.phone.ask }).waitFor();
  await expect.poll(() => phone.url(), { message: 'the code left the address' }).not.toContain('pair');
  await phone.getByLabel(sharing.phone.device).fill('Ann’s phone');
  await phone.getByRole('button', { name: sharing.phone.ask }).tap();
  await phone.getByRole('heading', { name: sharing.phone.waitTitle }).waitFor();
  const number = (await phone.getByText(/^\d{4}$/).innerText()).trim();
  await picture(phone, 'phone-waiting');

  const question = page.page.getByRole('dialog', { name: sharing.confirm.title.replace('{{device}}', 'Ann’s phone') });
  await question.getByText(number, { exact: true }).waitFor();
  await question.getByRole('radio', { name: new RegExp(`^${sharing.confirm.guest}`) }).click();
  await question.getByLabel(sharing.confirm.guestName).fill('Ann');
  await expectAccessible(page, 'the question');
  await picture(page.page, 'confirm');
  await question.getByRole('button', { name: sharing.confirm.allow }).click();

  await phone.locator('#composer').waitFor({ state: 'attached' });
  const devices = dialog.getByRole('region', { name: sharing.paired });
  await devices.getByText('Ann’s phone').waitFor();
  await picture(page.page, 'devices');
  await devices.getByRole('button', { name: sharing.revokeLabel.replace('{{name}}', 'Ann’s phone') }).click();
  await devices.getByRole('button', { name: sharing.revoke, exact: true }).click();
  await devices.waitFor({ state: 'detached' });
  await phone.getByText(signIn.because['token-refused']).waitFor();
});

// By itself: a code is good for two minutes, and axe-core takes its time on a busy machine.
test('axe-core finds nothing on the page with the code, and nothing on the phone that has it', async () => {
  const { page, dialog } = await sharingPage();
  await dialog.getByRole('button', { name: sharing.makeCode }).click();
  await dialog.getByRole('timer').waitFor();
  const phone = await phoneAt(await scanned(page.page));
  await phone.getByRole('button', { name: sharing.phone.ask }).waitFor();
  await picture(page.page, 'sharing');
  await picture(phone, 'phone');
  await expectAccessible(page, 'the sharing page');
  await expectAccessible(new ParlorPage(phone, ''), 'the phone’s page');
});

test('a code can be typed, a wrong one is told, and a no is a no', async () => {
  const { page, dialog } = await sharingPage();
  await dialog.getByRole('button', { name: sharing.makeCode }).click();
  await dialog.getByRole('timer').waitFor();
  const link = await scanned(page.page);
  const code = /pair=([^&]+)/.exec(link)?.[1] ?? '';
  const phone = await phoneAt(link.split('#')[0] ?? '');
  await phone.getByRole('button', { name: sharing.phone.haveCode }).tap();
  const field = phone.getByLabel(sharing.phone.code, { exact: true });
  await field.fill('AAAA-AAAA');
  await phone.getByRole('button', { name: sharing.phone.ask }).tap();
  await phone.getByText(sharing.phone.wrong).waitFor();
  await field.fill(code.toLowerCase().replace('-', ' '));
  await phone.getByRole('button', { name: sharing.phone.ask }).tap();
  await phone.getByRole('heading', { name: sharing.phone.waitTitle }).waitFor();
  const question = page.page.getByRole('dialog').last();
  await question.getByRole('button', { name: sharing.confirm.refuse }).click();
  await phone.getByText(sharing.phone.refused).waitFor();
  const width = () => phone.evaluate(() => document.documentElement.scrollWidth);
  await expect.poll(width, { message: 'nothing is wider than the phone' }).toBeLessThanOrEqual(390);
});

test('the page about a phone that cannot connect goes its way and names the hop', async () => {
  const { page, dialog } = await sharingPage();
  await dialog.getByRole('button', { name: sharing.check.title }).click();
  const hops = dialog.getByRole('list', { name: sharing.check.hops });
  await hops.getByText(sharing.check.why.listening_answers).waitFor();
  await hops.getByText(sharing.check.why.phone_nothing).waitFor();
  await dialog.getByText(/sudo ufw allow from .* to any port \d+ proto tcp/).waitFor();
  await expectAccessible(page, 'the check');
  await picture(page.page, 'check');
  await dialog.getByRole('button', { name: common.back, exact: true }).click();
  const toggle = dialog.getByRole('switch', { name: sharing.share });
  await toggle.click();
  await dialog.getByRole('button', { name: sharing.makeCode }).waitFor({ state: 'detached' });
  await expect.poll(() => toggle.getAttribute('aria-checked')).toBe('false');
});
