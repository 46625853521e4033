// Everything by keyboard alone.
import { expect, test } from 'vitest';
import { WORDS, type ParlorPage } from './support/parlor-page';
import { stage } from './support/stage';

const parlor = stage();
const { palette, shortcuts, settings } = WORDS.en;

const focused = (page: ParlorPage) =>
  page.page.evaluate(() => {
    const at = document.activeElement;
    const id = at?.id.startsWith('radix') === true ? '' : at?.id; // made up by a library
    return id || at?.getAttribute('aria-label') || at?.textContent?.trim() || at?.tagName || '';
  });

test('Ctrl+K opens the palette: it finds chats and actions, and closes by Escape', async () => {
  const page = await parlor.guest();
  await page.converse('Names for a boat');
  await page.newChat();
  await page.page.keyboard.press('Control+k');
  const dialog = page.page.getByRole('dialog', { name: palette.title });
  await dialog.waitFor();
  await page.page.keyboard.type('boat');
  await dialog.getByRole('option', { name: /Names for a boat/, selected: true }).waitFor();
  await page.page.keyboard.press('Enter');
  await page.says('You said: Names for a boat');
  await dialog.waitFor({ state: 'detached' });

  await page.page.keyboard.press('Control+k');
  await dialog.waitFor();
  await page.page.keyboard.type('dark');
  await dialog.getByRole('option', { name: /dark/i, selected: true }).waitFor();
  await page.page.keyboard.press('Enter');
  await expect.poll(() => page.page.evaluate(() => document.documentElement.dataset['theme'])).toBe('dark');
  await page.page.keyboard.press('Control+k');
  await dialog.waitFor();
  await page.page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
  await expect.poll(() => focused(page), { message: 'focus comes back' }).toBe('composer');
});

test('Ctrl+N begins a new chat and puts the cursor into it', async () => {
  const page = await parlor.guest();
  await page.converse('The chat before');
  await page.chat('The chat before').focus();
  await page.page.keyboard.press('Control+n');
  await page.page.getByText(WORDS.en.thread.emptyTitle).waitFor();
  await expect.poll(() => focused(page)).toBe('composer');
  await page.page.keyboard.type('Typed at once');
  await expect.poll(() => page.composer.inputValue()).toBe('Typed at once');
});

test('? shows the sheet, but is a character while one writes', async () => {
  const page = await parlor.guest();
  await page.composer.press('?');
  await expect.poll(() => page.composer.inputValue()).toBe('?');
  await page.composer.fill('');
  await page.switcher.focus();
  await page.page.keyboard.press('?');
  const sheet = page.page.getByRole('dialog', { name: shortcuts.title });
  await sheet.waitFor();
  await sheet.getByText(shortcuts.newChat).waitFor();
  await page.page.keyboard.press('Escape');
  await sheet.waitFor({ state: 'detached' });
});

test('the other keys: settings, search, sidebar, message field', async () => {
  const page = await parlor.guest();
  await page.page.keyboard.press('Control+,');
  await page.page.getByRole('dialog', { name: settings.title }).waitFor();
  await page.page.keyboard.press('Escape');
  await page.page.getByRole('dialog').waitFor({ state: 'detached' });
  await page.page.keyboard.press('Control+b');
  await page.sidebar.waitFor({ state: 'detached' });
  await page.page.keyboard.press('Control+Shift+f');
  await page.sidebar.waitFor();
  await expect.poll(() => focused(page)).toBe('chat-search');
  await page.switcher.focus();
  await page.page.keyboard.press('/');
  await expect.poll(() => focused(page)).toBe('composer');
  await expect.poll(() => page.composer.inputValue(), { message: 'the key itself is not typed' }).toBe('');
});

test('Tab walks in reading order and gets stuck nowhere', async () => {
  const page = await parlor.guest();
  await page.converse('One chat');
  await page.page.evaluate(() => {
    document.body.tabIndex = -1;
    document.body.focus(); // from the very top
    document.body.removeAttribute('tabindex');
  });
  const order: string[] = [];
  for (let step = 0; step < 24; step += 1) {
    await page.page.keyboard.press('Tab');
    order.push(await focused(page));
    if (order.at(-1)?.startsWith('Model: ')) break;
  }
  const places = [WORDS.en.app.skipToComposer, /online/, /^New chat/, /^chat-search$/, /^One chat$/, /^Settings/, WORDS.en.thread.label, /^composer$/, /^Model: /];
  const found = places.map((place) => order.findIndex((name) => (typeof place === 'string' ? name === place : place.test(name))));
  expect(found, `every place is reached: ${order.join(' | ')}`).not.toContain(-1);
  expect(found, `in reading order: ${order.join(' | ')}`).toEqual([...found].sort((a, b) => a - b));
});

test('arrow keys walk the list of chats, Enter opens', async () => {
  const page = await parlor.guest();
  await page.converse('Lower chat');
  await page.newChat();
  await page.converse('Upper chat');
  await page.chat('Upper chat').focus();
  await page.page.keyboard.press('ArrowDown');
  await expect.poll(() => focused(page)).toBe('Lower chat');
  await page.page.keyboard.press('Enter');
  await page.says('You said: Lower chat');
});

test('Shift+Enter breaks the line, an input method is left alone', async () => {
  const page = await parlor.guest();
  await page.composer.fill('one');
  await page.composer.press('Shift+Enter');
  await page.page.keyboard.type('two');
  await expect.poll(() => page.composer.inputValue()).toBe('one\ntwo');
  await page.composer.evaluate((field) => {
    const composing = { key: 'Enter', bubbles: true, cancelable: true, isComposing: true };
    field.dispatchEvent(new KeyboardEvent('keydown', composing));
  });
  await expect.poll(() => page.questions.count(), { message: 'Enter of an input method sends nothing' }).toBe(0);
  await page.composer.press('Enter');
  await page.says('You said: one');
});
