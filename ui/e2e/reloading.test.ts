// Closing and opening the page again at bad moments loses nothing and doubles nothing.
import { expect, test } from 'vitest';
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
  expect(await page.answer.innerText()).toMatch(/Alpha, beta, gamma, delta\.(?![^]*Alpha)/);
  expect(await page.questions.count()).toBe(1);
  expect(await page.answers.count()).toBe(1);
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
