// The list of chats: titles, renaming, pinning, deleting with undo, searching, and addresses.
import { expect, test } from 'vitest';
import { WORDS } from './support/parlor-page';
import { stage } from './support/stage';

const parlor = stage();
const { sidebar, common, thread } = WORDS.en;

test('the model names a chat', async () => {
  const page = await parlor.guest();
  parlor.provider.title('sourdough', 'Feeding a starter');
  await page.ask('How do I feed a sourdough starter?');
  await page.chat('Feeding a starter').waitFor();
  await page.page.getByRole('heading', { level: 1, name: 'Feeding a starter' }).waitFor();
  await expect.poll(() => page.page.title()).toContain('Feeding a starter');
});

test('renaming by the menu, by F2 and in the header lasts', async () => {
  const page = await parlor.guest();
  await page.converse('A chat to rename');
  const field = page.page.getByRole('textbox', { name: sidebar.renameField });
  await page.chatCommand('A chat to rename', sidebar.rename);
  await field.fill('Second name');
  await field.press('Enter');
  await page.chat('Second name').focus();
  await page.page.keyboard.press('F2');
  await field.fill('Third name');
  await field.press('Enter');
  await page.page.getByRole('heading', { name: 'Third name' }).dblclick();
  await field.fill('Fourth name');
  await field.press('Enter');
  await page.chat('Fourth name').waitFor();
  await page.page.reload();
  await page.chat('Fourth name').waitFor();
});

test('Escape leaves a title as it was', async () => {
  const page = await parlor.guest();
  await page.converse('A title to keep');
  await page.chatCommand('A title to keep', sidebar.rename);
  const field = page.page.getByRole('textbox', { name: sidebar.renameField });
  await field.fill('A slip');
  await field.press('Escape');
  await page.chat('A title to keep').waitFor();
  await expect.poll(() => page.titles).toEqual(['A title to keep']);
});

test('a pinned chat stands first, under its own heading', async () => {
  const page = await parlor.guest();
  await page.converse('Older chat');
  await page.newChat();
  await page.converse('Newer chat');
  await expect.poll(() => page.titles).toEqual(['Newer chat', 'Older chat']);
  await page.chatCommand('Older chat', sidebar.pin);
  const pinned = page.sidebar.getByRole('region', { name: WORDS.en.group.pinned });
  await pinned.getByRole('link', { name: 'Older chat' }).waitFor();
  await expect.poll(() => page.titles).toEqual(['Older chat', 'Newer chat']);
  await page.page.reload();
  await pinned.getByRole('link', { name: 'Older chat' }).waitFor();
  await page.chatCommand('Older chat', sidebar.unpin);
  await pinned.waitFor({ state: 'detached' });
});

test('a deleted chat goes, and Undo brings all of it back', async () => {
  const page = await parlor.guest();
  await page.converse('A chat to lose');
  await page.chatCommand('A chat to lose', sidebar.delete);
  await page.holdNews();
  await page.chat('A chat to lose').waitFor({ state: 'detached' });
  await page.page.getByText(thread.emptyTitle).waitFor();
  await page.page.getByRole('button', { name: common.undo }).click();
  await page.chat('A chat to lose').waitFor();
  await page.says('You said: A chat to lose');
});

test('a deleted chat stays deleted', async () => {
  const page = await parlor.guest();
  await page.converse('Gone for good');
  await page.chat('Gone for good').focus();
  await page.page.keyboard.press('Delete');
  await page.page.getByText('“Gone for good” deleted').waitFor();
  await page.page.reload();
  await page.online();
  await page.page.getByText(sidebar.empty).waitFor();
});

test('search finds chats by words of their titles', async () => {
  const page = await parlor.guest();
  await page.converse('Names for the boat');
  await page.newChat();
  await page.converse('Хлеб на закваске');
  const search = page.page.getByRole('searchbox', { name: sidebar.searchPlaceholder });
  await search.fill('закв');
  await expect.poll(() => page.titles).toEqual(['Хлеб на закваске']);
  await search.fill('nothing like it');
  await page.page.getByText('No chat has “nothing like it” in its title.').waitFor();
  await search.press('Escape');
  await expect.poll(() => page.titles).toHaveLength(2);
});

test('an address opens its chat; the way back leads through the chats seen', async () => {
  const person = await parlor.person();
  const page = await parlor.visit(person);
  await page.converse('First of two');
  const pathname = () => new URL(page.page.url()).pathname;
  await expect.poll(pathname).toMatch(/^\/chat\/.+/);
  const first = pathname();
  await page.newChat();
  await page.converse('Second of two');
  await page.page.goBack();
  await page.page.goBack();
  await page.says('You said: First of two');

  const other = await parlor.visit(person, first);
  await other.says('You said: First of two');
  await expect.poll(() => other.chat('First of two').getAttribute('aria-current')).toBe('page');
});

test('the address of a chat of somebody else, or of nobody, opens an empty page and says so', async () => {
  const owner = await parlor.guest();
  await owner.converse('A private matter');
  const private_ = new URL(owner.page.url()).pathname;
  for (const path of [private_, '/chat/no-such-chat']) {
    const page = await parlor.visit(await parlor.person(), path);
    await page.page.getByText(thread.notFound).waitFor();
    await page.page.getByText(thread.emptyTitle).waitFor();
    expect(await page.page.content()).not.toContain('A private matter');
    await expect.poll(() => new URL(page.page.url()).pathname).toBe('/');
  }
});
