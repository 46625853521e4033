// Closing and opening the page again at bad moments loses nothing and doubles nothing.
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { servedFromDisk } from './support/bundle';
import { WORDS } from './support/parlor-page';
import { stage } from './support/stage';

const parlor = stage();

test('a reload in the middle of an answer goes on with it', async () => {
  const page = await parlor.guest();
  const reply = parlor.provider.next('alphabet').think('From A on.').say('Alpha, beta, ');
  await page.ask('Recite the Greek alphabet');
  await page.says('Alpha, beta,');
  reply.say('gamma, ');
  await page.page.reload();
  await page.says('Alpha, beta, gamma,');
  reply.say('delta.').end();
  await page.says('Alpha, beta, gamma, delta.');
  await page.settled();
  await expect.poll(() => page.answer.innerText()).toMatch(/Alpha, beta, gamma, delta\.(?![^]*Alpha)/);
  await expect.poll(() => page.questions.count()).toBe(1);
  await expect.poll(() => page.answers.count()).toBe(1);
});

test('an answer that ends while nobody looks is there afterwards', async () => {
  const person = await parlor.person();
  const page = await parlor.visit(person);
  const reply = parlor.provider.next('nobody').say('Written ');
  await page.ask('Write while nobody looks');
  await page.says('Written');
  const { pathname } = new URL(page.page.url());
  await page.page.close();
  reply.say('to the end.').end();
  await reply.closed;
  const later = await parlor.visit(person, pathname);
  await later.says('Written to the end.');
  await later.settled();
});

test('drafts of chats and of the empty page survive a reload', async () => {
  const page = await parlor.guest();
  await page.converse('A chat with a draft');
  await page.composer.fill('Half a thought\nin two lines');
  await page.page.reload();
  await expect.poll(() => page.composer.inputValue()).toBe('Half a thought\nin two lines');
  await page.page.keyboard.press('Control+n');
  await expect.poll(() => page.composer.inputValue()).toBe('');
  await page.composer.fill('Another thought');
  await page.page.reload();
  await expect.poll(() => page.composer.inputValue()).toBe('Another thought');
  await page.chat('A chat with a draft').click();
  await expect.poll(() => page.composer.inputValue()).toBe('Half a thought\nin two lines');
});

test('a start without the server shows the list and the last chat, and then what changed meanwhile', async () => {
  const person = await parlor.person();
  const page = await parlor.visit(person);
  await page.converse('Read on the train');
  await page.newChat();
  await page.converse('Only in the list');
  await page.chat('Read on the train').click();
  await page.says('You said: Read on the train');
  for (const words of ['Read on the train', 'Only in the list']) await page.kept(`You said: ${words}`);
  // The list is written a moment after the chats.
  await page.kept('"title":"Only in the list"');

  await parlor.server.kill();
  await servedFromDisk(page.page, parlor.server.origin);
  await page.page.reload();
  await page.says('You said: Read on the train');
  await page.chat('Only in the list').waitFor();
  await page.chat('Only in the list').click();
  await page.says('You said: Only in the list');
  await page.chat('Read on the train').click();

  await parlor.server.restart();
  await page.page.unrouteAll({ behavior: 'wait' });
  const other = await parlor.visit(person, new URL(page.page.url()).pathname);
  await other.converse('Said elsewhere');
  await page.says('You said: Said elsewhere');
  await page.settled();
  await expect.poll(() => page.questions.count()).toBe(2);
  await expect.poll(() => page.answers.count()).toBe(2);
});

/** Lets no list of chats reach the page; the way back to a free line is given. */
async function withoutList(page: Page): Promise<() => void> {
  let held = true;
  await page.routeWebSocket(/\/ws\/chat/, (line) => {
    const server = line.connectToServer();
    line.onMessage((frame) => {
      if (!held || !String(frame).includes('"watch_chats"')) server.send(frame);
    });
  });
  return () => {
    held = false;
  };
}

test.each([
  ['after the list', true],
  ['before any list', false],
])('a chat made and renamed without the server, gone %s came, keeps its name, over a reload as well', async (_, listed) => {
  const page = await parlor.visit(await parlor.person(), null);
  const release = listed ? () => undefined : await withoutList(page.page);
  await page.goto('/');
  await page.online();
  if (listed) await page.sidebar.getByText(WORDS.en.sidebar.empty).waitFor();
  await parlor.server.kill();
  await page.ask('First words of it');
  await page.chatCommand('First words of it', WORDS.en.sidebar.rename);
  const field = page.page.getByRole('textbox', { name: WORDS.en.sidebar.renameField });
  await field.fill('Named on the way');
  await field.press('Enter');
  await page.chat('Named on the way').waitFor();
  await page.kept('Named on the way');
  await servedFromDisk(page.page, parlor.server.origin);
  await page.page.reload();
  await page.chat('Named on the way').waitFor();
  release();
  await parlor.server.restart();
  await page.page.unrouteAll({ behavior: 'wait' });
  await page.says('You said: First words of it');
  await page.settled();
  await page.page.reload();
  await page.chat('Named on the way').waitFor();
  await expect.poll(() => page.titles).toEqual(['Named on the way']);
});

test('signing out leaves nothing that was read on the device', async () => {
  const page = await parlor.guest();
  await page.converse('A private matter');
  await page.kept('A private matter');
  await page.switcher.click();
  await page.page.getByRole('menuitem', { name: WORDS.en.sidebar.signOut }).click();
  await page.page.getByLabel(WORDS.en.signIn.password, { exact: true }).waitFor();
  await expect.poll(() => page.remembered()).not.toContain('A private matter');
});
