// Somebody writes on while an answer is still being written: whoever looks sees the questions and
// answers in their order at every moment, also after a reload in the middle.
import { expect, test } from 'vitest';
import type { ParlorPage } from './support/parlor-page';
import { stage } from './support/stage';
import { WireClient } from './support/wire-client';

const parlor = stage();

/** The turns of the conversation by the one word that each has; `a1` is the answer to `q1`. */
const TURNS = { q1: 'amber', a1: 'basalt', q2: 'cobalt', a2: 'dolomite', q3: 'emerald', a3: 'feldspar' };
type Turn = keyof typeof TURNS;

/** What stood on a page: every order that it ever showed, for each time that it was loaded. */
type Seen = Map<number, Turn[][]>;

/** Writes that down from now on. */
async function watchOrders({ page }: ParlorPage): Promise<Seen> {
  const seen: Seen = new Map();
  await page.exposeFunction('noteOrder', (loaded: number, order: Turn[]) => {
    seen.set(loaded, [...(seen.get(loaded) ?? []), order]);
  });
  const watch = (turns: Record<string, string>) => {
    let last = '';
    const look = () => {
      const texts = [...document.querySelectorAll('[role=log] article')].map((article) => article.textContent);
      const order = texts.flatMap((text) => Object.keys(turns).find((turn) => text.includes(turns[turn] as string)) ?? []);
      if (order.join() === last) return;
      last = order.join();
      void (window as unknown as { noteOrder(loaded: number, order: string[]): void }).noteOrder(performance.timeOrigin, order);
    };
    new MutationObserver(look).observe(document, { childList: true, subtree: true, characterData: true });
    look();
  };
  await page.addInitScript(watch, TURNS);
  await page.evaluate(watch, TURNS);
  return seen;
}

/** At no moment did one overtake another, and nothing that stood there went away. */
function expectInOrder(pages: Seen[]): void {
  for (const orders of pages.flatMap((seen) => [...seen.values()])) {
    const words = orders.map((order) => order.join(' ')).join(', then ');
    for (const [at, order] of orders.entries()) {
      expect(order, words).toEqual((['q1', 'a1', 'q2', 'a2'] as Turn[]).filter((turn) => order.includes(turn)));
      expect(order, words).toEqual(expect.arrayContaining(orders[at - 1] ?? []));
    }
  }
}

/** The turns from top to bottom, as they stand on the screen. */
function standing({ page }: ParlorPage): Promise<string> {
  return page.evaluate((turns) => {
    const articles = [...document.querySelectorAll('[role=log] article')];
    const seen = articles.map((article) => ({
      top: article.getBoundingClientRect().top,
      turn: Object.keys(turns).find((turn) => article.textContent.includes(turns[turn as Turn])) ?? 'thinking',
    }));
    return seen.sort((one, other) => one.top - other.top).map(({ turn }) => turn).join(' ');
  }, TURNS);
}

/** Waits until the turns stand so, and stand so on every one of the pages. */
async function stand(pages: ParlorPage[], order: string, when: string): Promise<void> {
  for (const page of pages) await expect.poll(() => standing(page), { message: when }).toBe(order);
}

async function reload(page: ParlorPage): Promise<void> {
  await page.page.reload();
  await page.online();
}

/** Two browsers of one person that look at the first answer, which is still being written. */
async function twoThatRead() {
  const person = await parlor.person();
  const here = await parlor.visit(person);
  const first = parlor.provider.next(TURNS.q1).say(`It is ${TURNS.a1}`);
  const orders = [await watchOrders(here)];
  await here.ask(`What is ${TURNS.q1}?`);
  await here.says(TURNS.a1);
  const there = await parlor.visit(person, new URL(here.page.url()).pathname);
  orders.push(await watchOrders(there));
  await there.says(TURNS.a1);
  await there.online();
  return { person, here, there, both: [here, there], first, orders };
}

test('what another device writes on stays behind the running answer', async () => {
  const { person, here, there, both, first, orders } = await twoThatRead();
  const second = parlor.provider.next(TURNS.q2);
  const wire = await WireClient.connect(parlor.server.origin, person.token);
  const chatId = new URL(here.page.url()).pathname.split('/').at(-1);
  await wire.ask('message', { chatId, message: `And ${TURNS.q2}?`, clientId: 'c-another-device' }, 'user_message');
  wire.close();

  await stand(both, 'q1 a1 q2', 'while the first answer is written');
  await reload(there);
  await stand(both, 'q1 a1 q2', 'after a reload of one');
  first.say(' indeed').end();
  await second.asked;
  second.say(`That is ${TURNS.a2}`);
  await stand(both, 'q1 a1 q2 a2', 'while the second answer is written');
  await reload(here);
  await stand(both, 'q1 a1 q2 a2', 'after a reload of the other');
  second.end();
  await Promise.all(both.map((page) => page.settled()));
  await stand(both, 'q1 a1 q2 a2', 'at the end');
  for (const page of both) await page.answers.getByText(`It is ${TURNS.a1} indeed`).waitFor();
  await Promise.all(both.map(reload));
  await stand(both, 'q1 a1 q2 a2', 'after a last reload');
  const watched = () => orders.map(({ size }) => size);
  await expect.poll(watched, { message: 'both were watched, before and after each reload' }).toEqual([3, 3]);
  expectInOrder(orders);
});

test('what waits in the queue of a page goes on after the running answer', async () => {
  const { here, there, both, first, orders } = await twoThatRead();
  const second = parlor.provider.next(TURNS.q2);
  await there.ask(`And ${TURNS.q2}?`);
  await stand([there], 'q1 a1 q2', 'while it waits');
  await reload(there);
  await stand([there], 'q1 a1 q2', 'while it waits, after a reload');
  await stand([here], 'q1 a1', 'where it is not known yet');
  first.end();
  await second.asked;
  second.say(`That is ${TURNS.a2}`);
  await stand(both, 'q1 a1 q2 a2', 'while the second answer is written');
  second.end();
  await Promise.all(both.map((page) => page.settled()));
  await Promise.all(both.map(reload));
  await stand(both, 'q1 a1 q2 a2', 'after a reload');
  expectInOrder(orders);
});

test('what waits in both browsers is said in one order', async () => {
  const { here, there, both, first } = await twoThatRead();
  const second = parlor.provider.next(TURNS.q2).say(`That is ${TURNS.a2}`);
  const third = parlor.provider.next(TURNS.q3).say(`This is ${TURNS.a3}`);
  await here.ask(`And ${TURNS.q2}?`);
  await there.ask(`Or ${TURNS.q3}?`);
  await stand([here], 'q1 a1 q2', 'waiting here');
  await stand([there], 'q1 a1 q3', 'waiting there');
  // Both go at the first one's end: one of them comes to an answer that the other's began.
  first.end();
  await Promise.race([second.asked, third.asked]);
  second.end();
  third.end();
  await Promise.all([second.asked, third.asked]);
  await Promise.all(both.map((page) => page.settled()));
  const either = /^q1 a1 (q2 a2 q3 a3|q3 a3 q2 a2)$/;
  await expect.poll(() => standing(here)).toMatch(either);
  const order = await standing(here);
  await stand(both, order, 'in both');
  await Promise.all(both.map(reload));
  await stand(both, order, 'after a reload');
});
