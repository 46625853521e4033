// All answers that are being written: seen and stopped from anywhere.
import { expect, test } from 'vitest';
import { expectAccessible } from './support/accessibility';
import { WORDS } from './support/parlor-page';
import { PHONE, stage } from './support/stage';

const parlor = stage();
const { running, sidebar } = WORDS.en;

test('the running answers are listed live, and each can be stopped from elsewhere', async () => {
  const person = await parlor.person();
  const page = await parlor.visit(person);
  const other = await parlor.visit(person);
  await other.online();
  const [bread, bridge] = [parlor.provider.next('bread').say('Flour'), parlor.provider.next('bridge').say('Steel')];
  await page.ask('How is bread made?');
  await page.says('Flour');
  await page.newChat();
  await page.ask('How is a bridge built?');
  await page.says('Steel');
  await page.newChat();

  const list = other.sidebar.getByRole('button', { name: '2 answers are being written' });
  await list.click();
  const popover = other.page.getByRole('dialog', { name: running.title });
  await expect.poll(() => popover.getByRole('listitem').count()).toBe(2);
  await expectAccessible(other, 'the list of running answers');
  await popover.getByRole('button', { name: 'Stop the answer in “How is bread made?”' }).click();
  await bread.closed;
  await expect.poll(() => popover.getByRole('listitem').count()).toBe(1);
  await popover.getByRole('button', { name: /^How is a bridge built/ }).click();
  await other.says('Steel');
  bridge.say(' and rope.').end();
  await other.says('Steel and rope.');
  await page.sidebar.getByRole('button', { name: /being written/ }).waitFor({ state: 'detached' });
});

test('on a phone the list is in the drawer', async () => {
  const page = await parlor.guest(PHONE);
  const reply = parlor.provider.next('tea').say('Leaves');
  await page.ask('How is tea made?');
  await page.says('Leaves');
  await page.button(sidebar.openDrawer).tap();
  await page.sidebar.getByRole('button', { name: '1 answer is being written' }).tap();
  await page.page.getByRole('button', { name: /^Stop the answer in/ }).tap();
  await reply.closed;
  await page.sidebar.getByRole('button', { name: /being written/ }).waitFor({ state: 'detached' });
});
