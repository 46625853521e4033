// The same person in two browsers: what happens in one shows in the other as it happens.
import { expect, test } from 'vitest';
import { WORDS } from './support/parlor-page';
import { stage } from './support/stage';

const parlor = stage();

test('chats, messages, answers and titles of one browser show in the other, live', async () => {
  const person = await parlor.person();
  const [here, there] = [await parlor.visit(person), await parlor.visit(person)];
  await Promise.all([here.online(), there.online()]);
  parlor.provider.title('lighthouse', 'Why lighthouses blink');
  const reply = parlor.provider.next('lighthouse').say('So that sailors');
  await here.ask('Why does a lighthouse blink?');

  await there.chat('Why does a lighthouse blink?').click();
  await there.questions.getByText('Why does a lighthouse blink?').waitFor();
  await there.says('So that sailors');
  reply.say(' know which one it is.');
  await Promise.all([here, there].map((page) => page.says('So that sailors know which one it is.')));
  reply.end();
  await Promise.all([here, there].map((page) => page.settled()));
  await Promise.all([here, there].map((page) => page.chat('Why lighthouses blink').waitFor()));

  await there.ask('And at noon?');
  await here.questions.getByText('And at noon?').waitFor();
  for (const page of [here, there]) {
    await page.says('You said: And at noon?');
    await page.settled();
    await expect.poll(() => page.questions.count()).toBe(2);
    await expect.poll(() => page.answers.count()).toBe(2);
  }
});

test('a chat that is not looked at pulses while it answers, then has a dot', async () => {
  const person = await parlor.person();
  const [here, there] = [await parlor.visit(person), await parlor.visit(person)];
  await Promise.all([here.online(), there.online()]);
  const reply = parlor.provider.next('slow').say('Wait');
  await here.ask('A slow question');
  await there.chat('A slow question').getByRole('img', { name: WORDS.en.sidebar.running }).waitFor();
  reply.end();
  await there.chat('A slow question').getByRole('img', { name: WORDS.en.sidebar.unread }).waitFor();
  await there.chat('A slow question').click();
  await there.says('Wait');
  await expect.poll(() => there.chat('A slow question').getByRole('img').count()).toBe(0);
});

test('stopping, renaming and deleting in one browser reach the other', async () => {
  const person = await parlor.person();
  const here = await parlor.visit(person);
  const reply = parlor.provider.next('forever').say('On and on');
  await here.ask('Talk forever');
  await here.says('On and on');
  const there = await parlor.visit(person, new URL(here.page.url()).pathname);
  await there.says('On and on');
  await there.button(WORDS.en.composer.stop).click();
  await here.says(WORDS.en.thread.stopped);
  await reply.closed;
  await here.chatCommand('Talk forever', WORDS.en.sidebar.rename);
  const field = here.page.getByRole('textbox', { name: WORDS.en.sidebar.renameField });
  await field.fill('An end after all');
  await field.press('Enter');
  await there.page.getByRole('heading', { level: 1, name: 'An end after all' }).waitFor();
  await here.chatCommand('An end after all', WORDS.en.sidebar.delete);
  await there.chat('An end after all').waitFor({ state: 'detached' });
  await there.page.getByText(WORDS.en.thread.emptyTitle).waitFor();
});
