// An answer as it comes: it grows, the view follows, and it can be stopped.
import { expect, test } from 'vitest';
import { stage } from './support/stage';

const parlor = stage();
const lines = (count: number, from = 1) =>
  Array.from({ length: count }, (_, index) => `Line ${from + index} of the answer.\n\n`).join('');

test('an answer grows on the page while the model writes', async () => {
  const page = await parlor.guest();
  const reply = parlor.provider.next('tide');
  await page.ask('What makes the tide?');
  await reply.asked;
  reply.say('The moon');
  await page.says('The moon');
  reply.say(' pulls the sea.');
  await page.says('The moon pulls the sea.');
  await expect.poll(() => page.answer.getAttribute('aria-busy'), { message: 'still being written' }).toBe('true');
  reply.end();
  await page.settled();
  await expect.poll(() => page.answer.innerText()).toContain('The moon pulls the sea.');
});

test('reasoning is folded, and opens', async () => {
  const page = await parlor.guest();
  const reply = parlor.provider.next('prime').think('Seven has no divisors.');
  await page.ask('Is seven prime?');
  const fold = page.answer.getByRole('button', { name: /Thinking/ });
  await fold.waitFor();
  expect(await page.answer.getByText('no divisors').isVisible(), 'folded at first').toBe(false);
  await fold.click();
  await page.answer.getByText('Seven has no divisors.').waitFor();
  reply.say('Yes.').end();
  await page.settled();
  await page.says('Yes.');
});

test('the view follows the end until the reader scrolls up, and the pill leads back', async () => {
  const page = await parlor.guest();
  const reply = parlor.provider.next('long story').say(lines(60));
  await page.ask('Tell me a long story');
  const fromEnd = () => page.thread.evaluate((box) => box.scrollHeight - box.scrollTop - box.clientHeight);
  await page.says('Line 60 of the answer.');
  await expect.poll(fromEnd, { message: 'at the end' }).toBeLessThan(4);
  reply.say(lines(20, 61));
  await page.says('Line 80 of the answer.');
  await expect.poll(fromEnd, { message: 'still at the end' }).toBeLessThan(4);

  await page.thread.hover();
  await page.page.mouse.wheel(0, -900);
  const pill = page.button('Jump to latest');
  await pill.waitFor();
  // The wheel may still be moving it.
  const top = await page.thread.evaluate(async (box) => {
    const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
    for (let still = 0, last = -1; still < 10; last = box.scrollTop) {
      await frame();
      still = box.scrollTop === last ? still + 1 : 0;
    }
    return box.scrollTop;
  });
  reply.say(lines(20, 81));
  await page.says('Line 100 of the answer.');
  expect(await page.thread.evaluate((box) => box.scrollTop), 'nothing moved under the reader').toBe(top);
  await pill.click();
  await expect.poll(fromEnd).toBeLessThan(4);
  await expect.poll(() => pill.count()).toBe(0);
  reply.end();
  await page.settled();
});

test('a large piece after a long talk does not make the view lose the end', async () => {
  const page = await parlor.guest();
  parlor.provider.next('first of two').say(lines(40)).end();
  await page.converse('The first of two questions');
  const formula = '$$\n\\text{throughput} = \\frac{n}{t}\n$$\n\n- one\n- two\n\n| a | b |\n|---|---|\n| 1 | 2 |\n';
  const reply = parlor.provider.next('second of two').say(`${formula}\n${lines(6)}`);
  await page.ask('The second of two questions');
  await page.says('Line 6 of the answer.');
  await page.answer.locator('.katex').first().waitFor();
  const fromEnd = () => page.thread.evaluate((box) => box.scrollHeight - box.scrollTop - box.clientHeight);
  await expect.poll(fromEnd, { message: 'at the end' }).toBeLessThan(4);
  await expect.poll(() => page.button('Jump to latest').count(), { message: 'no way back is needed' }).toBe(0);
  reply.end();
  await page.settled();
  await expect.poll(fromEnd, { message: 'at the end of it' }).toBeLessThan(4);
});

test.each(['button', 'Escape'])('the %s stops an answer, here and at the model', async (way) => {
  const page = await parlor.guest();
  const reply = parlor.provider.next('endless').say('And so on');
  await page.ask('Something endless');
  await page.says('And so on');
  if (way === 'button') await page.button('Stop').click();
  else await page.page.keyboard.press('Escape');
  await page.says('Stopped.');
  await page.says('And so on');
  await reply.closed;
});
