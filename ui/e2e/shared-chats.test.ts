// Two people in two browsers and one chat: let in, read along, write together, shut out, leave.
import { mkdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { expectAccessible } from './support/accessibility';
import { WORDS, type ParlorPage } from './support/parlor-page';
import { pictures } from './support/parts';
import { PHONE, stage } from './support/stage';

const parlor = stage();
const { share, sidebar, thread, composer } = WORDS.en;
const filled = (words: string, values: Record<string, string>) =>
  words.replace(/\{\{(\w+)\}\}/g, (_, name: string) => values[name] ?? '');

/** Opens the people of the chat on the screen, by its menu. */
async function people(page: ParlorPage, title: string, command = share.menu) {
  await page.chatCommand(title, command);
  const dialog = page.page.getByRole('dialog');
  await dialog.getByText(share.people).waitFor();
  return dialog;
}

async function letIn(page: ParlorPage, title: string, name: string, mayWrite: boolean) {
  const dialog = await people(page, title);
  if (mayWrite) await dialog.getByRole('radio', { name: share.access.write }).click();
  await dialog.getByLabel(share.find).fill(name);
  await dialog.getByRole('button', { name: filled(share.addPerson, { name }), exact: true }).click();
  await dialog.getByLabel(filled(share.accessOf, { name }), { exact: true }).waitFor();
  return dialog;
}

async function close(page: ParlorPage) {
  await page.page.keyboard.press('Escape');
  await page.page.getByRole('dialog').waitFor({ state: 'detached' });
}

test('somebody is let in, reads along live, and is told why they cannot write', async () => {
  const [alice, bob] = [await parlor.person(), await parlor.person({ role: 'member' })];
  const [here, there] = [await parlor.visit(alice), await parlor.visit(bob)];
  await Promise.all([here.online(), there.online()]);
  await here.converse('What is bread?');
  await letIn(here, 'What is bread?', bob.name, false);
  await expectAccessible(here, 'sharing a chat');
  await close(here);
  await here.page.getByRole('button', { name: filled(share.with, { names: bob.name }) }).waitFor();

  await there.chat('What is bread?').click();
  await there.says('You said: What is bread?');
  await there.page.getByRole('article', { name: alice.name }).getByText('What is bread?').waitFor();
  await there.page.getByText(filled(share.readOnly, { owner: alice.name })).waitFor();
  await there.settled();
  await expect.poll(() => there.button(composer.send).count(), { message: 'nowhere to write' }).toBe(0);
  await expect.poll(() => there.button(thread.regenerate).count(), { message: 'nothing to change' }).toBe(0);
  await expectAccessible(there, 'reading along');

  const reply = parlor.provider.next('crust').say('Golden');
  await here.ask('And the crust?');
  await Promise.all([here, there].map((page) => page.says('Golden')));
  reply.say(' and loud.');
  await Promise.all([here, there].map((page) => page.says('Golden and loud.')));
  reply.end();
  await Promise.all([here, there].map((page) => page.settled()));
});

test('two who may write talk to the model together, each under their name', async () => {
  const [alice, bob] = [await parlor.person(), await parlor.person({ role: 'member' })];
  const [here, there] = [await parlor.visit(alice), await parlor.visit(bob)];
  await Promise.all([here.online(), there.online()]);
  await here.converse('Shall we begin?');
  await letIn(here, 'Shall we begin?', bob.name, true);
  await close(here);
  await there.chat('Shall we begin?').click();
  await there.converse('Yes, says Bob.');
  await here.page.getByRole('article', { name: bob.name }).getByText('Yes, says Bob.').waitFor();
  await here.says('You said: Yes, says Bob.');
  await here.settled();
  // Both at once: nobody's words are lost.
  await Promise.all([here.ask('Alice at once'), there.ask('Bob at once')]);
  for (const page of [here, there]) {
    await expect.poll(() => page.answers.getByText('You said: Alice at once').count()).toBe(1);
    await expect.poll(() => page.answers.getByText('You said: Bob at once').count()).toBe(1);
  }
});

test('whoever is shut out loses the chat at once; undo lets them in again; leaving is asked twice', async () => {
  const [alice, bob] = [await parlor.person(), await parlor.person({ role: 'member' })];
  const [here, there] = [await parlor.visit(alice), await parlor.visit(bob)];
  await Promise.all([here.online(), there.online()]);
  await here.converse('A short visit');
  const dialog = await letIn(here, 'A short visit', bob.name, false);
  await there.chat('A short visit').click();
  await there.says('You said: A short visit');
  await dialog.getByRole('button', { name: filled(share.remove, { name: bob.name }) }).click();
  await here.holdNews();
  await there.chat('A short visit').waitFor({ state: 'detached' });
  await there.page.getByText(thread.emptyTitle).waitFor();
  await here.page.getByRole('button', { name: WORDS.en.common.undo }).click();
  await there.chat('A short visit').click();
  await there.says('You said: A short visit');

  const theirs = await people(there, 'A short visit', share.menuMember);
  await theirs.getByRole('button', { name: share.leave }).click();
  await expectAccessible(there, 'leaving a chat');
  await theirs.getByRole('button', { name: share.leaveNow, exact: true }).click();
  await there.chat('A short visit').waitFor({ state: 'detached' });
  await dialog.getByText(share.alone).waitFor();
});

test('a member cannot rename, pin or delete what was shared for reading', async () => {
  const [alice, bob] = [await parlor.person(), await parlor.person({ role: 'member' })];
  const [here, there] = [await parlor.visit(alice), await parlor.visit(bob)];
  await here.converse('Look, but do not touch');
  await letIn(here, 'Look, but do not touch', bob.name, false);
  await there.chat('Look, but do not touch').hover();
  await there.sidebar.getByRole('img', { name: share.shared }).waitFor();
  await there.sidebar.getByRole('button', { name: 'Actions for “Look, but do not touch”' }).click();
  await there.page.getByRole('menuitem', { name: share.menuMember }).waitFor();
  const items = await there.page.getByRole('menuitem').allInnerTexts();
  for (const item of [sidebar.rename, sidebar.pin, sidebar.delete]) expect(items.join()).not.toContain(item);
});

test.each(['light', 'dark'] as const)('it looks right on a phone, in %s', async (colorScheme) => {
  const [alice, bob] = [await parlor.person(), await parlor.person({ role: 'member' })];
  const here = await parlor.visit(alice, '/', { colorScheme });
  await here.converse('On the way');
  const dialog = await letIn(here, 'On the way', bob.name, true);
  mkdirSync(pictures, { recursive: true });
  await here.page.screenshot({ path: `${pictures}/share-${colorScheme}.png` });
  await close(here);
  await dialog.waitFor({ state: 'detached' });
  const path = new URL(here.page.url()).pathname;
  const phone = await parlor.visit(alice, path, { ...PHONE, colorScheme });
  await phone.page.getByRole('button', { name: filled(share.with, { names: bob.name }) }).tap();
  await phone.page.getByRole('dialog').getByText(share.people).waitFor();
  await expectAccessible(phone, 'sharing on a phone');
  await phone.page.screenshot({ path: `${pictures}/share-phone-${colorScheme}.png` });
  const theirs = await parlor.visit(bob, path, { colorScheme });
  await theirs.page.getByRole('article', { name: alice.name }).waitFor();
  await theirs.page.screenshot({ path: `${pictures}/shared-${colorScheme}.png` });
});
