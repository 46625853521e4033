// The server goes away and comes back: every state has its face, and nothing written is lost.
import { expect, test } from 'vitest';
import { servedFromDisk } from './support/bundle';
import { WORDS } from './support/parlor-page';
import { stage } from './support/stage';

const parlor = stage();
const { thread, connection } = WORDS.en;
const HOUR_MS = 3_600_000;

test('a server killed in the middle of an answer: countdown, interrupted, Continue', async () => {
  const page = await parlor.guest();
  const reply = parlor.provider.next('bridge').say('The first half');
  await page.ask('How is a bridge built?');
  await page.says('The first half');
  // The checkpoint has it once another reader gets it from the disk; the turn log alone would not do.
  await parlor.server.written('The first half');
  await parlor.server.kill();
  await page.banner.getByText(/Reconnecting in \d+ second/).waitFor();
  await page.banner.getByRole('button', { name: connection.retryNow }).waitFor();
  await page.questions.getByText('How is a bridge built?').waitFor();
  await reply.closed;

  await parlor.server.restart();
  await page.says(thread.interrupted);
  await page.says('The first half');
  await page.online();
  await expect.poll(() => page.banner.getByText(/Reconnecting/).count(), { message: 'the banner goes' }).toBe(0);

  const rest = parlor.provider.next('bridge').say(' and the second half.').end();
  await page.answer.getByRole('button', { name: thread.continue }).click();
  await rest.asked;
  await page.says('The first half and the second half.');
  await page.settled();
  await expect.poll(() => page.questions.count()).toBe(1);
});

test('a server that shuts down says so, and the page comes back by itself', async () => {
  const page = await parlor.guest();
  await page.converse('Before the restart');
  await parlor.server.shutDown();
  await page.banner.getByText(/restarting|Reconnecting/).waitFor();
  await parlor.server.restart();
  await page.online();
  await page.converse('After the restart');
  await expect.poll(() => page.questions.count()).toBe(2);
});

test('Retry now reconnects at once', async () => {
  const page = await parlor.guest();
  await page.online();
  // The page's clock stands still, so it never tries by itself: a button that does nothing is found out.
  await page.page.clock.install({ time: Date.now() - 2 * HOUR_MS });
  await page.page.clock.pauseAt(Date.now() - HOUR_MS);
  await parlor.server.kill();
  await page.switcher.getByText(connection.state.reconnecting, { exact: true }).waitFor();
  // A blink is not told of; the page would try after 800 ms at the earliest.
  await page.page.clock.runFor(700);
  await page.banner.getByText(/Reconnecting in \d+ second/).waitFor();
  const attempt = page.page.waitForEvent('websocket');
  await Promise.all([attempt, page.banner.getByRole('button', { name: connection.retryNow }).click()]);
  await page.page.clock.resume();
  await parlor.server.restart();
  await page.online();
});

test('what is written offline waits, and is sent exactly once', async () => {
  const page = await parlor.guest();
  await page.converse('A chat with a gap');
  await parlor.server.kill();
  await page.ask('Written in the gap, first');
  await page.ask('Written in the gap, second');
  await page.questions.getByText('Written in the gap, second').waitFor();
  await expect.poll(() => page.page.getByText(thread.queued).count(), { message: 'both wait' }).toBe(2);
  await page.banner.getByText('2 messages wait here').waitFor();

  await parlor.server.restart();
  await page.says('You said: Written in the gap, second');
  await page.settled();
  await expect.poll(() => page.page.getByText(thread.queued).count()).toBe(0);
  await expect.poll(() => page.questions.count()).toBe(3);
  for (const words of ['gap, first', 'gap, second']) expect(parlor.provider.asked(words), words).toBe(1);
});

test('what is written offline survives a reload without the server, and is sent exactly once', async () => {
  const page = await parlor.guest();
  await page.converse('A chat with a deep gap');
  await page.newChat();
  await parlor.server.kill();
  await page.ask('Written before the reload');
  await page.page.getByText(thread.queued).waitFor();

  // As in the app's window, whose page comes from the disk.
  await servedFromDisk(page.page, parlor.server.origin);
  await page.page.reload();
  await page.questions.getByText('Written before the reload').waitFor();
  await page.page.getByText(thread.queued).waitFor();
  await parlor.server.restart();
  await page.page.unrouteAll({ behavior: 'wait' });
  await page.says('You said: Written before the reload');
  await page.settled();
  await expect.poll(() => page.questions.count()).toBe(1);
  for (const title of ['Written before the reload', 'A chat with a deep gap']) await page.chat(title).waitFor();
  await expect.poll(() => page.titles).toHaveLength(2);
  expect(parlor.provider.asked('before the reload')).toBe(1);
});
