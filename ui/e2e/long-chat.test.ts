// A chat of 5,000 messages opens at its end, small, and is written in like any other.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { stage } from './support/stage';
import { WireClient } from './support/wire-client';

const COUNT = 5_000;
const parlor = stage();

/** Straight into the database, while no server has it open. */
async function fill(chatId: string): Promise<void> {
  const script = join(import.meta.dirname, 'support/long-chat.py');
  await promisify(execFile)('python3', [script, parlor.server.dataDir, chatId, String(COUNT)]);
}

test('it opens at its end with few elements, scrolls to its start, and takes a new message', async () => {
  const person = await parlor.person();
  const wire = await WireClient.connect(parlor.server.origin, person.token);
  await wire.ask('create_chat', { chatId: 'long', title: 'A long talk' }, 'chat_created');
  wire.close();
  await parlor.server.shutDown();
  await fill('long');
  await parlor.server.restart();

  const page = await parlor.visit(person, '/chat/long');
  await page.says(`Answer ${COUNT / 2}`);
  const elements = () => page.page.evaluate(() => document.querySelectorAll('*').length);
  const fromEnd = () => page.thread.evaluate((box) => box.scrollHeight - box.scrollTop - box.clientHeight);
  await expect.poll(fromEnd, { message: 'at its end' }).toBeLessThan(4);
  await expect.poll(() => elements()).toBeLessThan(3_000);
  await page.online();
  // What is still measured or drawn after the start has nothing to do with a key.
  await page.thread.evaluate(async (box) => {
    let still = 0;
    const observer = new MutationObserver(() => (still = 0));
    observer.observe(box, { attributes: true, characterData: true, childList: true, subtree: true });
    for (; still < 30; still += 1) await new Promise((resolve) => requestAnimationFrame(resolve));
    observer.disconnect();
  });

  // What a key costs must not grow with the chat: nothing of it is drawn anew while one types.
  const redrawn = await page.composer.evaluate(async (field) => {
    const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
    const changes: string[] = [];
    const observer = new MutationObserver((records) => {
      for (const { target, type } of records) changes.push(`${type} of ${target.nodeName}`);
    });
    observer.observe(document.querySelector('[role=log]') as Element, { attributes: true, characterData: true, childList: true, subtree: true });
    (field as HTMLTextAreaElement).focus();
    for (let count = 0; count < 30; count += 1) {
      document.execCommand('insertText', false, 'a');
      await frame();
    }
    observer.disconnect();
    return changes;
  });
  expect(redrawn).toEqual([]);
  await expect.poll(() => page.composer.inputValue()).toBe('a'.repeat(30));
  await page.composer.fill('One more');
  await page.composer.press('Enter');
  await page.says('You said: One more');
  await expect.poll(fromEnd).toBeLessThan(4);

  await page.thread.evaluate((box) => box.scrollTo({ top: 0 }));
  await page.page.getByText('Question 1.', { exact: true }).waitFor();
  await expect.poll(() => elements()).toBeLessThan(3_000);
});
