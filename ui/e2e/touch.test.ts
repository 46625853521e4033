// Every screen as narrow as a phone: whatever can be touched is large enough for a finger.
import { mkdirSync } from 'node:fs';
import type { Locator } from 'playwright-core';
import { expect, test } from 'vitest';
import { api } from './support/accounts';
import { WORDS, type ParlorPage } from './support/parlor-page';
import { PHONE, stage } from './support/stage';
import { missedByFinger } from './support/touch';

const parlor = stage({ models: Array.from({ length: 9 }, (_, at) => `model-${at + 1}`) });
const { admin, common, chatSettings, firstRun, monitor, objectives, palette, provider, settings, share, sidebar, signIn, thread } = WORDS.en;

async function judge({ page }: ParlorPage, screen: string, part: Locator = page.locator('body')): Promise<void> {
  expect.soft(await missedByFinger(part), `${screen}: too small to touch`).toEqual([]);
  const folder = process.env['PARLOR_PICTURES'];
  if (folder === undefined) return;
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: `${folder}/touch-${screen.replaceAll(' ', '-')}.png`, animations: 'disabled' });
}

async function conversation(): Promise<ParlorPage> {
  const page = await parlor.guest({ ...PHONE });
  parlor.provider.next('a list').think('Hm.').say('- one\n- two\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n```js\nlet x = 1;\n```\n').end();
  await page.converse('Make a list');
  return page;
}

test('a chat, its fields, menus and panels', async () => {
  const page = await conversation();
  await judge(page, 'a chat');
  await page.button(thread.editMessage).tap();
  const field = page.page.getByRole('textbox', { name: thread.editLabel });
  await field.waitFor();
  await judge(page, 'an earlier message in a field');
  const line = await field.evaluate((box) => {
    const { paddingTop, paddingBottom } = getComputedStyle(box);
    return { above: paddingTop, below: paddingBottom, height: box.getBoundingClientRect().height, inside: box.scrollHeight };
  });
  expect.soft(line.above, 'its line stands in the middle').toBe(line.below);
  expect.soft(line.inside, 'and fills it').toBe(line.height);
  await page.button(common.cancel).tap();

  await page.button(/^Model: /).tap();
  await page.page.getByRole('option').first().waitFor();
  await judge(page, 'the model picker');
  await page.page.keyboard.press('Escape');
  await page.button(thread.regenerate).tap();
  await page.page.getByRole('menuitem').first().waitFor();
  await judge(page, 'another answer', page.page.getByRole('menu'));
  await page.page.keyboard.press('Escape');

  await page.button(chatSettings.open).tap();
  await page.button(chatSettings.close).waitFor();
  await judge(page, 'the settings of a chat');
  await page.button(chatSettings.close).tap();
  await page.button('Actions for “Make a list”').tap();
  await page.page.getByRole('menuitem', { name: share.menu }).tap();
  await page.page.getByRole('dialog').getByText(share.people).waitFor();
  await judge(page, 'the people of a chat');
});

test('the drawer, and what it leads to', async () => {
  const page = await conversation();
  await page.button(sidebar.openDrawer).tap();
  await page.sidebar.waitFor();
  await judge(page, 'the drawer');
  await page.switcher.tap();
  await page.page.getByRole('menuitem').first().waitFor();
  await judge(page, 'the menu of servers', page.page.getByRole('menu'));
  await page.page.keyboard.press('Escape');
  await page.sidebar.getByRole('button', { name: objectives.title }).tap();
  await page.page.getByText(objectives.empty).waitFor();
  await judge(page, 'no objectives');
  await page.button(objectives.new).tap();
  await page.page.getByRole('textbox', { name: objectives.wish }).waitFor();
  await judge(page, 'a new objective');
  const milestones = ['Breathe', 'Hold a note', 'Whistle a scale'].map((title) => ({ title, dueDate: '2030-01-31' }));
  const plan = { title: 'Whistle a tune', description: 'On the way to work.', category: 'Music', difficulty: 'beginner', milestones };
  parlor.provider.next('whistle').say(JSON.stringify(plan)).end();
  await page.page.getByRole('textbox', { name: objectives.wish }).fill('whistle');
  await page.button(objectives.generate).tap();
  await page.page.getByRole('checkbox', { name: 'Breathe' }).waitFor();
  await judge(page, 'an objective');
  await page.button(objectives.title).first().tap();
  await page.page.getByRole('link', { name: /Whistle a tune/ }).waitFor();
  await judge(page, 'the objectives');
});

test('the settings, each section, and their lists', async () => {
  const page = await parlor.visit(await parlor.person({ role: 'owner' }), '/', PHONE);
  await page.button(sidebar.openDrawer).tap();
  await page.online();
  await page.sidebar.getByRole('button', { name: new RegExp(`^${sidebar.settings}`) }).tap();
  await page.page.getByRole('tab').first().waitFor();
  for (const section of await page.page.getByRole('tab').allInnerTexts()) {
    await page.page.getByRole('tab', { name: section }).tap();
    await page.page.getByRole('tabpanel', { name: section }).waitFor();
    await judge(page, `settings ${section}`);
  }
  await page.page.getByRole('tab', { name: settings.section.general }).tap();
  await page.page.getByRole('tabpanel').getByRole('combobox').first().tap();
  await page.page.getByRole('option').first().waitFor();
  await judge(page, 'a list to choose from', page.page.getByRole('listbox'));
  await page.page.keyboard.press('Escape');
  await page.page.getByRole('tab', { name: settings.section.models }).tap();
  await page.button(settings.provider.add).tap();
  await page.button(provider.testAndSave).waitFor();
  await judge(page, 'a new provider');
});

test('what lies over the page', async () => {
  const page = await conversation();
  await page.page.keyboard.press('Control+k');
  const dialog = page.page.getByRole('dialog', { name: palette.title });
  await dialog.waitFor();
  await judge(page, 'the palette');
  await dialog.getByRole('combobox').fill('monitor');
  await page.page.keyboard.press('Enter');
  await page.page.getByRole('heading', { name: monitor.title }).waitFor();
  await judge(page, 'the monitor');
});

test('the pages of administration', async () => {
  const owner = await parlor.person({ role: 'owner' });
  await api(parlor, owner.token, '/api/invitations', 'POST', { role: 'member', note: 'For Ann' });
  const page = await parlor.visit(owner, '/admin/people', PHONE);
  await page.page.getByRole('tab').first().waitFor();
  for (const section of Object.values(admin.section)) {
    await page.page.getByRole('tab', { name: section }).tap();
    await page.page.getByRole('tabpanel', { name: section }).getByText(common.loading).waitFor({ state: 'detached' });
    await judge(page, `administration ${section}`);
  }
});

test('whoever comes for the first time', async () => {
  const page = await parlor.visit(null, '/#sign-in=used-up', PHONE);
  await page.page.getByText(signIn.linkExpired).waitFor();
  await judge(page, 'signing in');
  const fresh = await parlor.visit(await parlor.person({ fresh: true }), '/', PHONE);
  await fresh.page.getByText(firstRun.question).waitFor();
  await judge(fresh, 'the first run');
  await fresh.page.getByRole('button', { name: firstRun.apiKey }).tap();
  await fresh.page.getByLabel(provider.key, { exact: true }).waitFor();
  await judge(fresh, 'the first run with a key');
});
