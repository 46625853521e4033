// An answer is text by a stranger: whatever it holds, no script of it runs, no other host hears of
// it, and nothing leaves the page. The stage itself asserts that nobody asked for anything.
import { expect, test } from 'vitest';
import { HOSTILE } from './support/hostile';
import type { ParlorPage } from './support/parlor-page';
import { stage } from './support/stage';

const parlor = stage();
const END = 'That was all of it.';

/** Points at and clicks whatever an answer put on the page. Links may open the reader's browser. */
async function touchEverything(page: ParlorPage): Promise<void> {
  const opened = await page.page.evaluate(() => {
    const calls: string[] = [];
    window.open = (address) => {
      calls.push(String(address));
      return null;
    };
    for (const element of document.querySelectorAll('[role=log] article:last-of-type *')) {
      element.dispatchEvent(new MouseEvent('mouseover', { bubbles: true }));
      if (element.matches('a, summary, .image-chip')) (element as HTMLElement).click();
    }
    return calls;
  });
  for (const address of opened) expect(address).toMatch(/^(https?|mailto):/);
}

test.each([0, 1, 2, 3])('part %i of what attackers write does nothing, while it streams and after', async (part) => {
  const quarter = Math.ceil(HOSTILE.length / 4);
  const attacks = HOSTILE.slice(part * quarter, (part + 1) * quarter);
  const page = await parlor.guest();
  const reply = parlor.provider.next('attack');
  await page.ask('Please attack me');
  await reply.asked;
  for (const attack of attacks) {
    // In halves, so that what is half open is on the page, too.
    const half = Math.floor(attack.length / 2);
    reply.say(attack.slice(0, half)).say(`${attack.slice(half)}\n\n`);
  }
  reply.say(END);
  await page.says(END);
  await touchEverything(page);
  reply.end();
  await page.settled();
  await page.says(END);
  await expect.poll(() => page.page.locator('[role=log] [data-pending], [role=log] [aria-busy=true]').count()).toBe(0);
  await touchEverything(page);
  expect(new URL(page.page.url()).origin, 'still at home').toBe(parlor.server.origin);
  expect(await page.page.locator('article iframe, article script, article object, article embed, article form').count()).toBe(0);
  expect(page.page.context().pages(), 'no window was opened').toHaveLength(1);
});

test('titles, questions and reasoning are text, too', async () => {
  const page = await parlor.guest();
  const attack = HOSTILE[2] ?? '';
  parlor.provider.title('innocent', attack);
  const reply = parlor.provider.next('innocent').think(attack).say('Fine.').end();
  await page.ask(`An innocent question ${attack}`);
  await reply.asked;
  await page.settled();
  await page.page.getByRole('button', { name: /Thought/ }).click();
  await page.answer.getByText(attack).waitFor();
  await page.questions.getByText(attack).waitFor();
  await expect.poll(() => page.titles).toEqual([attack]);
});

test('messages of foreign windows are ignored', async () => {
  const page = await parlor.guest();
  await page.converse('Before the message');
  await page.page.evaluate(() => {
    const messages = [{ type: 'sign-out' }, { type: 'join_chat', data: {} }, 'parlor', { __TAURI__: 1 }, { cmd: 'set_provider_key' }];
    for (const data of messages) {
      window.postMessage(data, '*');
      window.dispatchEvent(new MessageEvent('message', { data, origin: 'https://evil.example' }));
    }
  });
  await page.converse('After the message');
  await expect.poll(() => page.questions.count()).toBe(2);
  expect(await page.page.evaluate(() => localStorage.getItem('parlor.token')), 'still signed in').not.toBeNull();
});

test('the witness sees a script, a foreign request and a broken policy when there are any', async () => {
  const page = await parlor.guest();
  const seen: string[] = [];
  await page.page.evaluate(() => {
    const picture = new Image();
    picture.src = 'https://evil.example/proof.png';
    document.body.append(picture);
    (window as unknown as { parlorWasAttacked(): void }).parlorWasAttacked();
  });
  const all = () => {
    seen.push(...parlor.takeFaults());
    return seen.join('\n');
  };
  await expect.poll(all).toContain('CSP: img-src forbids https://evil.example');
  await expect.poll(all).toContain('a script of an answer ran');
});
