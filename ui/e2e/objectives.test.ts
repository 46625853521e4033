// Objectives: wished for, written by the model, ticked, changed, put away, deleted and brought
// back, on every device at once.
import { describe, expect, test } from 'vitest';
import { expectAccessible } from './support/accessibility';
import { WORDS, type ParlorPage } from './support/parlor-page';
import { PHONE, stage } from './support/stage';

const parlor = stage();
const { objectives, common } = WORDS.en;

const PLAN = {
  title: 'Bake a loaf worth sharing',
  description: 'A sourdough that rises.',
  category: 'Cooking',
  difficulty: 'beginner',
  milestones: [{ title: 'Feed a starter' }, { title: 'Shape a loaf', dueDate: '2020-01-31' }, { title: 'Bake it' }, { title: 'Share it' }],
};

async function open(page: ParlorPage): Promise<void> {
  await page.sidebar.getByRole('button', { name: objectives.title }).click();
  await page.page.getByRole('heading', { level: 1, name: objectives.title }).waitFor();
}

/** Fills the dialog in and sends it. */
async function wish(page: ParlorPage, words: string): Promise<void> {
  await page.button(objectives.new).click();
  await page.page.getByRole('textbox', { name: objectives.wish }).fill(words);
  await page.button(objectives.generate).click();
}

const progress = (page: ParlorPage) => page.page.getByRole('progressbar').getAttribute('aria-valuenow');
const title = (page: ParlorPage) => page.page.getByRole('textbox', { name: objectives.field.title });
const milestone = (page: ParlorPage, name: string) => page.page.getByRole('checkbox', { name });

/** Somebody in front of a fresh objective. */
async function baker(words: string) {
  const person = await parlor.person();
  const page = await parlor.visit(person);
  await open(page);
  parlor.provider.next(words).say(JSON.stringify(PLAN)).end();
  await wish(page, words);
  await expect.poll(() => title(page).inputValue()).toBe(PLAN.title);
  return { person, page, path: new URL(page.page.url()).pathname };
}

test('a wish becomes an objective while one watches', async () => {
  const page = await parlor.guest();
  await open(page);
  await page.page.getByText(objectives.empty).waitFor();
  await expect.poll(() => page.button(objectives.new).count(), { message: 'one button is enough' }).toBe(1);
  const reply = parlor.provider.next('learn chess').think('Hm.');
  await wish(page, 'I want to learn chess');
  await page.page.getByText(objectives.stage.thinking).first().waitFor();
  const plan = JSON.stringify({ ...PLAN, title: 'Play chess' });
  const half = plan.indexOf('"Bake it"');
  reply.say(plan.slice(0, half));
  await page.page.getByRole('dialog').getByText('Play chess').waitFor();
  await page.page.getByRole('dialog').getByText(/\d milestones? so far/).waitFor();
  await expectAccessible(page, 'an objective being written');
  reply.say(plan.slice(half)).end();
  await expect.poll(() => title(page).inputValue()).toBe('Play chess');
  await expect.poll(() => progress(page)).toBe('0');
});

test('writing can go on in the background, and be cancelled from the list', async () => {
  const page = await parlor.guest();
  await open(page);
  const reply = parlor.provider.next('learn to juggle').say('{"title":"Juggle three balls",');
  await wish(page, 'I want to learn to juggle');
  await page.button(objectives.goOnInBackground).click();
  const list = page.page.getByRole('region', { name: objectives.beingWritten });
  await list.getByText('Juggle three balls').waitFor();
  await list.getByRole('button', { name: 'Stop writing “Juggle three balls”' }).click();
  await reply.closed;
  await list.waitFor({ state: 'detached' });
});

test('what the model cannot write is told in words, and tried again', async () => {
  const page = await parlor.guest();
  await open(page);
  parlor.provider.next('impossible').refuse(401, 'no');
  await wish(page, 'Something impossible');
  const dialog = page.page.getByRole('dialog');
  await dialog.getByText(WORDS.en.reason.key_refused).waitFor();
  parlor.provider.next('impossible').say(JSON.stringify(PLAN)).end();
  await dialog.getByRole('button', { name: objectives.again }).click();
  await expect.poll(() => title(page).inputValue()).toBe(PLAN.title);
});

test('progress follows the ticks, on both devices, and words are changed where they stand', async () => {
  const { person, page, path } = await baker('bake bread');
  const other = await parlor.visit(person, path);
  await milestone(other, 'Feed a starter').click();
  await expect.poll(() => progress(page)).toBe('25');
  await milestone(page, 'Bake it').press('Space');
  await expect.poll(() => progress(other)).toBe('50');
  await title(page).fill('Bake two loaves');
  await title(page).press('Enter');
  await expect.poll(() => title(other).inputValue()).toBe('Bake two loaves');
  const field = page.page.getByRole('textbox', { name: objectives.field.description });
  await field.fill('Given up');
  await field.press('Escape');
  await expect.poll(() => field.inputValue()).toBe(PLAN.description);

  await page.page.getByRole('textbox', { name: objectives.addMilestone }).fill('Write the recipe down');
  await page.page.keyboard.press('Enter');
  await milestone(other, 'Write the recipe down').waitFor();
  await expect.poll(() => progress(other)).toBe('40');
  await page.button('Remove “Shape a loaf”').click();
  await page.holdNews();
  await milestone(other, 'Shape a loaf').waitFor({ state: 'detached' });
  await page.button(common.undo).click();
  await milestone(other, 'Shape a loaf').waitFor();
  await page.page.reload();
  await expect.poll(() => progress(page)).toBe('40');
});

test('reached, archived, deleted, and each taken back', async () => {
  const { person, page } = await baker('bake a cake');
  const other = await parlor.visit(person, '/objectives');
  const row = other.page.getByRole('link', { name: new RegExp(PLAN.title) });
  const command = async (name: string) => {
    await page.button(`Actions for “${PLAN.title}”`).click();
    await page.page.getByRole('menuitem', { name }).click();
  };
  await command(objectives.complete);
  await other.page.getByRole('region', { name: objectives.status.completed }).getByRole('link').waitFor();
  await command(objectives.archive);
  await page.holdNews();
  await other.page.getByText('1 archived').waitFor();
  await page.button(common.undo).click();
  await other.page.getByRole('region', { name: objectives.status.completed }).getByRole('link').waitFor();
  await command(objectives.delete);
  await page.holdNews();
  await row.waitFor({ state: 'detached' });
  await page.page.getByRole('heading', { level: 1, name: objectives.title }).waitFor();
  await page.button(common.undo).last().click();
  await row.waitFor();
});

test('it is discussed in a chat that knows it, and the chat leads back', async () => {
  const { page } = await baker('bake rolls');
  await page.button(objectives.discuss).click();
  await page.composer.waitFor();
  const reply = parlor.provider.next('What comes first').say('The starter.').end();
  await page.converse('What comes first?');
  const { body } = await reply.asked;
  expect(JSON.stringify(body.messages), 'the model is told the objective').toContain('Feed a starter');
  await page.button(`Objective: ${PLAN.title}`).click();
  await expect.poll(() => title(page).inputValue()).toBe(PLAN.title);
  await page.page.goBack();
  await page.says('The starter.');
});

describe.each(['light', 'dark'] as const)('in %s', (colorScheme) => {
  test('the list, the page and the dialog have nothing for axe-core', async () => {
    const { person, path } = await baker(`bake ${colorScheme} bread`);
    for (const options of [{ colorScheme }, { colorScheme, ...PHONE }]) {
      const page = await parlor.visit(person, path, options);
      await milestone(page, 'Bake it').waitFor();
      await expectAccessible(page, 'an objective');
      await page.button(objectives.title).first().click();
      await page.page.getByRole('link', { name: new RegExp(PLAN.title) }).waitFor();
      await expectAccessible(page, 'the objectives');
      await page.button(objectives.new).click();
      await page.button(objectives.generate).click();
      await expectAccessible(page, 'a new objective');
      await expect.poll(() => page.page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), { message: 'nothing sticks out' }).toBe(true);
    }
  });
});
