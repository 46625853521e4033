// Every screen in light and dark, judged by axe-core.
import { describe, expect, test } from 'vitest';
import { expectAccessible } from './support/accessibility';
import { DOCUMENT } from '../src/markdown/corpus';
import { WORDS } from './support/parlor-page';
import { PHONE, stage } from './support/stage';

const parlor = stage();
const { firstRun, settings, palette, shortcuts, sidebar, thread, signIn, common, objectives } = WORDS.en;

describe.each(['light', 'dark'] as const)('in %s', (colorScheme) => {
  test('signing in', async () => {
    const page = await parlor.visit(null, '/#sign-in=used-up', { colorScheme });
    await page.page.getByText(signIn.linkExpired).waitFor();
    await expectAccessible(page, 'sign-in with a used link');
    await page.page.getByLabel(signIn.name, { exact: true }).fill('nobody');
    await page.page.getByLabel(signIn.password, { exact: true }).fill('nothing');
    await page.page.keyboard.press('Enter');
    await page.page.getByText(signIn.wrong).waitFor();
    await expectAccessible(page, 'sign-in refused');
  });

  test('the first run', async () => {
    const page = await parlor.visit(await parlor.person({ fresh: true }), '/', { colorScheme });
    const dialog = page.page.getByRole('dialog');
    await dialog.getByText(firstRun.question).waitFor();
    await expectAccessible(page, 'first run');
    await dialog.getByRole('button', { name: firstRun.apiKey }).click();
    await dialog.getByLabel(WORDS.en.provider.key, { exact: true }).waitFor();
    await expectAccessible(page, 'first run: key');
    await dialog.getByRole('button', { name: common.back }).click();
    await dialog.getByRole('button', { name: firstRun.localOnServer }).click();
    await dialog.getByRole('button', { name: WORDS.en.local.again }).waitFor();
    await expectAccessible(page, 'first run: models on the computer');
  });

  test('a thread in all its states', async () => {
    const page = await parlor.guest({ colorScheme });
    await expectAccessible(page, 'an empty chat');
    parlor.provider.next('everything').think('Everything, then.').say(DOCUMENT).end();
    await page.converse('Show me everything');
    await page.answer.hover();
    await expectAccessible(page, 'a full answer');
    parlor.provider.next('refuses').refuse(429, 'slow down', { 'retry-after': '600' });
    await page.converse('A question that refuses');
    await page.says(WORDS.en.reason.provider_busy);
    await expectAccessible(page, 'a failed answer');
    const stopped = parlor.provider.next('stopped').think('Hm.').say('Only half');
    await page.ask('To be stopped');
    await page.says('Only half');
    await expectAccessible(page, 'a running answer');
    await page.page.keyboard.press('Escape');
    await page.says(thread.stopped);
    await stopped.closed;
    await page.questions.last().hover();
    await page.questions.last().getByRole('button', { name: thread.editMessage }).click();
    await expectAccessible(page, 'a stopped answer and an edited question');
  });

  test('without the server', async () => {
    const page = await parlor.guest({ colorScheme });
    await page.converse('While it was there');
    await parlor.server.kill();
    await page.ask('While it is away');
    await page.page.getByText(thread.queued).waitFor();
    await page.banner.getByText(/Reconnecting in/).waitFor();
    await expectAccessible(page, 'reconnecting, a message waits');
    await parlor.server.restart();
  });

  test('the settings, each section', async () => {
    const page = await parlor.guest({ colorScheme });
    await page.online();
    await page.page.keyboard.press('Control+,');
    await page.page.getByRole('tab').first().waitFor();
    for (const section of await page.page.getByRole('tab').allInnerTexts()) {
      await page.page.getByRole('tab', { name: section }).click();
      await page.page.getByRole('tabpanel', { name: section }).waitFor();
      await expectAccessible(page, `settings: ${section}`);
    }
    await page.page.getByRole('tab', { name: settings.section.models }).click();
    await page.button(settings.provider.add).click();
    await page.button(WORDS.en.provider.testAndSave).click();
    await expectAccessible(page, 'settings: adding a provider');
  });

  test('what lies over the page', async () => {
    const page = await parlor.guest({ colorScheme });
    await page.converse('A chat to find');
    await page.page.keyboard.press('Control+k');
    await page.page.getByRole('dialog', { name: palette.title }).waitFor();
    await expectAccessible(page, 'the palette');
    await page.page.keyboard.press('Escape');
    await page.switcher.focus();
    await page.page.keyboard.press('?');
    await page.page.getByRole('dialog', { name: shortcuts.title }).waitFor();
    await expectAccessible(page, 'the shortcut sheet');
    await page.page.keyboard.press('Escape');
    await page.button(/^Model: /).click();
    await page.page.getByRole('option').first().waitFor();
    await expectAccessible(page, 'the model picker');
    await page.page.keyboard.press('Escape');
    await page.chatCommand('A chat to find', sidebar.delete);
    await page.button(common.undo).waitFor();
    await expectAccessible(page, 'a toast');
    await expect.poll(() => page.titles).toEqual([]);
  });

  test('each menu, open', async () => {
    const page = await parlor.guest({ colorScheme });
    await page.converse('A chat with menus');
    const menu = page.page.getByRole('menu');
    const judge = async (name: string) => {
      await menu.getByRole('menuitem').first().waitFor();
      await expectAccessible(page, name, menu);
      await page.page.keyboard.press('Escape');
      await menu.waitFor({ state: 'detached' });
    };
    await page.switcher.click();
    await judge('the menu of servers');
    await page.chat('A chat with menus').click({ button: 'right' });
    await judge('the menu of a chat');
    await page.answer.hover();
    await page.button(thread.regenerate).click();
    await judge('the menu of another answer');

    const milestones = ['Breathe', 'Hold a note', 'Whistle a scale'].map((title) => ({ title }));
    const plan = { title: 'Whistle a tune', description: 'On the way to work.', category: 'Music', difficulty: 'beginner', milestones };
    parlor.provider.next('learn to whistle').say(JSON.stringify(plan)).end();
    await page.sidebar.getByRole('button', { name: objectives.title }).click();
    await page.button(objectives.new).click();
    await page.page.getByRole('textbox', { name: objectives.wish }).fill('I want to learn to whistle');
    await page.button(objectives.generate).click();
    await page.page.getByRole('checkbox', { name: 'Breathe' }).waitFor();
    await page.button('Actions for “Whistle a tune”').click();
    await judge('the menu of an objective');
  });

  test('a phone', async () => {
    const page = await parlor.guest({ ...PHONE, colorScheme });
    await page.converse('On a phone');
    await expectAccessible(page, 'a chat on a phone');
    await page.button(sidebar.openDrawer).tap();
    await page.sidebar.waitFor();
    await expectAccessible(page, 'the drawer');
    await page.sidebar.getByRole('button', { name: new RegExp(`^${sidebar.settings}`) }).tap();
    await page.page.getByRole('dialog', { name: settings.title }).waitFor();
    await expectAccessible(page, 'settings on a phone');
  });
});
