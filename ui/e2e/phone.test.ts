// The same page on a phone in the hand: a drawer, fingers instead of a pointer, nothing cut off.
import { expect, test } from 'vitest';
import { WORDS } from './support/parlor-page';
import { PHONE, stage } from './support/stage';

const parlor = stage();
const { sidebar, thread, composer, settings } = WORDS.en;

test('the list of chats is a drawer; a tap opens a chat and closes it', async () => {
  const page = await parlor.guest(PHONE);
  await page.composer.waitFor();
  expect(await page.sidebar.isVisible(), 'closed at first').toBe(false);
  await page.composer.fill('Written on a phone');
  await page.button(composer.send).tap();
  await page.settled();
  await page.button(sidebar.newChat).tap();
  await page.page.getByText(thread.emptyTitle).waitFor();
  await page.button(sidebar.openDrawer).tap();
  await page.chat('Written on a phone').tap();
  await page.sidebar.waitFor({ state: 'detached' });
  await page.says('You said: Written on a phone');
  await page.button(sidebar.openDrawer).tap();
  await page.sidebar.waitFor();
  await expect
    .poll(async () => {
      await page.page.touchscreen.tap(380, 400);
      return page.sidebar.count();
    }, { message: 'a tap beside the drawer closes it' })
    .toBe(0);
});

test('nothing is wider than the phone, and what is touched is large enough', async () => {
  const page = await parlor.guest(PHONE);
  parlor.provider
    .next('wide')
    .say(`| ${'column | '.repeat(12)}\n|${'---|'.repeat(12)}\n| ${'value | '.repeat(12)}\n\n\`\`\`\n${'long line '.repeat(40)}\n\`\`\`\n\n${'x'.repeat(400)}`)
    .end();
  await page.converse('Something wide');
  const width = () => page.page.evaluate(() => document.documentElement.scrollWidth);
  await expect.poll(width, { message: 'the page does not scroll sideways' }).toBeLessThanOrEqual(390);
  const sideways = () => page.thread.evaluate((box) => box.scrollWidth - box.clientWidth);
  await expect.poll(sideways, { message: 'nor does the thread' }).toBeLessThanOrEqual(0);
  const small = await page.page.getByRole('button').evaluateAll((buttons) =>
    buttons
      .map((button) => ({ name: button.getAttribute('aria-label') ?? button.textContent, box: button.getBoundingClientRect() }))
      .filter(({ box }) => box.width > 0 && (box.width < 24 || box.height < 24))
      .map(({ name }) => name),
  );
  expect(small).toEqual([]);
});

test('the settings fill the phone and close again', async () => {
  const page = await parlor.guest(PHONE);
  await page.button(sidebar.openDrawer).tap();
  await page.sidebar.getByRole('button', { name: new RegExp(`^${sidebar.settings}`) }).tap();
  const dialog = page.page.getByRole('dialog', { name: settings.title });
  await dialog.waitFor();
  await expect.poll(async () => (await dialog.boundingBox())?.width).toBe(390);
  for (const section of [settings.section.answers, settings.section.about]) {
    await dialog.getByRole('tab', { name: section }).tap();
    await dialog.getByRole('tabpanel', { name: section }).waitFor();
  }
  await dialog.getByRole('button', { name: WORDS.en.common.close }).tap();
  await dialog.waitFor({ state: 'detached' });
  await page.composer.waitFor();
});
