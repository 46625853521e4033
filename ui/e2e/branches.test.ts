// Editing and regenerating make branches; nothing that was said is lost.
import { expect, test } from 'vitest';
import { WORDS, type ParlorPage } from './support/parlor-page';
import { stage } from './support/stage';

const parlor = stage();
const { thread, composer } = WORDS.en;

const version = (page: ParlorPage, at: string) => page.page.getByRole('group', { name: `Version ${at.replace('/', 'of')}` });

test('an edited question becomes a branch, and the switcher leads between them', async () => {
  const page = await parlor.guest();
  await page.converse('What is a loaf?');
  const question = page.questions.first();
  await question.hover();
  await question.getByRole('button', { name: thread.editMessage }).click();
  const field = page.page.getByRole('textbox', { name: thread.editLabel });
  await expect.poll(() => field.inputValue()).toBe('What is a loaf?');
  await field.fill('What is a leaf?');
  await field.press('Enter');
  await page.says('You said: What is a leaf?');
  await page.settled();
  await version(page, '2 / 2').waitFor();
  await expect.poll(() => page.questions.count()).toBe(1);

  await page.questions.first().hover();
  await page.button(thread.previousBranch).click();
  await page.says('You said: What is a loaf?');
  await version(page, '1 / 2').waitFor();
  await page.page.reload();
  await page.says('You said: What is a loaf?');
});

test('another answer stands beside the first', async () => {
  const page = await parlor.guest();
  parlor.provider.next('a number').say('Seven.').end();
  await page.converse('Say a number');
  const second = parlor.provider.next('a number').say('Eleven.').end();
  await page.button(thread.regenerate).click();
  const menu = page.page.getByRole('menuitem').first();
  await Promise.race([second.asked, menu.waitFor().then(() => menu.click())]);
  await page.says('Eleven.');
  await page.settled();
  await version(page, '2 / 2').waitFor();
  await page.button(thread.previousBranch).click();
  await page.says('Seven.');
  await page.button(thread.nextBranch).click();
  await page.says('Eleven.');
  await expect.poll(() => page.answers.count()).toBe(1);
});

test('Up in an empty field edits the last question; Escape leaves it', async () => {
  const page = await parlor.guest();
  await page.converse('Nearly right');
  await page.composer.press('ArrowUp');
  const field = page.page.getByRole('textbox', { name: thread.editLabel });
  await field.fill('Changed my mind');
  await field.press('Escape');
  await page.questions.getByText('Nearly right').waitFor();
  await expect.poll(() => field.count()).toBe(0);
  await page.composer.press('ArrowUp');
  await field.fill('Quite right');
  await page.page.getByRole('main').getByRole('button', { name: composer.send, exact: true }).first().click();
  await page.says('You said: Quite right');
});

test('an answer is copied as Markdown', async () => {
  const page = await parlor.guest();
  await page.page.context().grantPermissions(['clipboard-read', 'clipboard-write'], { origin: page.origin });
  parlor.provider.next('a list').say('- **one**\n- two').end();
  await page.converse('Make a list');
  await page.answer.getByRole('button', { name: thread.copyMarkdown }).click();
  await expect.poll(() => page.page.evaluate(() => navigator.clipboard.readText())).toBe('- **one**\n- two');
});

test('a chat goes on in a new one from any turn, and the old one stays as it is', async () => {
  const page = await parlor.guest();
  await page.converse('The first question');
  await page.converse('The second question');
  await page.answers.first().hover();
  await page.answers.first().getByRole('button', { name: thread.branchChat }).click();
  await expect.poll(() => page.questions.count()).toBe(1);
  await page.says('You said: The first question');
  await page.converse('Another second question');
  await page.says('You said: Another second question');
  await expect.poll(() => page.questions.count()).toBe(2);
  await expect.poll(async () => (await page.titles).length).toBe(2);
  await page.page.goBack();
  await page.says('You said: The second question');
  await expect.poll(() => page.questions.count()).toBe(2);
});

test('switching between versions shows on both pages, also while one is being written', async () => {
  const person = await parlor.person();
  const here = await parlor.visit(person);
  parlor.provider.next('a colour').say('Blue.').end();
  await here.converse('Name a colour');
  const there = await parlor.visit(person, new URL(here.page.url()).pathname);
  await there.says('Blue.');
  const second = parlor.provider.next('a colour').say('Red, ');
  await here.button(thread.regenerate).click();
  const menu = here.page.getByRole('menuitem').first();
  await Promise.race([second.asked, menu.waitFor().then(() => menu.click())]);
  await here.says('Red,');
  await there.says('Red,');

  // The one being written goes on while the first is read, here and there.
  await there.button(thread.previousBranch).click();
  await Promise.all([here, there].map((page) => page.says('Blue.')));
  second.say('no: ');
  await Promise.all([here, there].map((page) => version(page, '1 / 2').waitFor()));
  await here.button(thread.nextBranch).click();
  await Promise.all([here, there].map((page) => page.says('Red, no:')));
  second.say('green.').end();
  await Promise.all([here, there].map((page) => page.says('Red, no: green.')));
  await Promise.all([here, there].map((page) => page.settled()));

  await there.answers.last().hover();
  await there.button(thread.previousBranch).click();
  await Promise.all([here, there].map((page) => page.says('Blue.')));
  await Promise.all([here, there].map((page) => version(page, '1 / 2').waitFor()));
  await here.button(thread.nextBranch).click();
  await Promise.all([here, there].map((page) => page.says('Red, no: green.')));
  for (const page of [here, there]) await expect.poll(() => page.answers.count()).toBe(1);
});
