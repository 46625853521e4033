// With nothing configured the guide answers the first question, in the asker's language, and says
// what it is.
import { expect, test } from 'vitest';
import { WORDS, type Language } from './support/parlor-page';
import { stage } from './support/stage';

const parlor = stage({ guide: true });

const talks: [Language, string, string, RegExp][] = [
  ['en', 'en-GB', 'How do I add an API key?', /not an AI model[^]*key/i],
  ['ru', 'ru-RU', 'Как добавить ключ API?', /не модель ИИ[^]*ключ/i],
  ['fr', 'fr-FR', 'Comment ajouter une clé API ?', /pas un modèle d’IA[^]*clé/i],
];

test.each(talks)('the guide answers in %s and says that it is no model', async (language, locale, question, answer) => {
  const page = await parlor.guest({ locale });
  const words = WORDS[language];
  await page.page.getByText(words.thread.emptyTitle).waitFor();
  await page.page.getByText(words.thread.guideHint).waitFor();
  await expect.poll(() => page.composer.getAttribute('placeholder')).toBe(words.composer.placeholder);
  await expect.poll(() => page.page.evaluate(() => document.documentElement.lang)).toBe(language);
  await page.ask(question);
  await page.settled();
  await expect.poll(() => page.answer.innerText()).toMatch(answer);
});

test('the question decides the language of the answer, not the browser', async () => {
  const page = await parlor.guest({ locale: 'en-GB' });
  await page.ask('Какие есть сочетания клавиш?');
  await page.settled();
  await expect.poll(() => page.answer.innerText()).toMatch(/не модель ИИ/);
});

test('a suggested question asks itself', async () => {
  const page = await parlor.guest();
  await page.button(WORDS.en.thread.ask.guide1).click();
  await page.settled();
  await expect.poll(() => page.questions.innerText()).toContain(WORDS.en.thread.ask.guide1);
  await expect.poll(() => page.answer.innerText()).toContain('not an AI model');
});

test('somebody new is asked one question, once, and may just look around', async () => {
  const person = await parlor.person({ fresh: true });
  const page = await parlor.visit(person);
  const question = page.page.getByRole('dialog', { name: WORDS.en.firstRun.question });
  await question.waitFor();
  await expect.poll(() => question.evaluate((dialog) => dialog === document.activeElement)).toBe(true);
  // In the same task: what a person types next may not reach what lies below in between.
  const next = await question.getByRole('button', { name: WORDS.en.firstRun.look }).evaluate(async (button: HTMLElement) => {
    button.click();
    for (let step = 0; step < 100 && button.isConnected; step += 1) await null;
    return document.activeElement?.id;
  });
  expect(next, 'the cursor').toBe('composer');
  await question.waitFor({ state: 'hidden' });
  await page.page.keyboard.type('?');
  await expect.poll(() => page.composer.inputValue()).toBe('?');
  await page.ask('What can Parlor do?');
  await page.settled();
  await page.page.reload();
  await page.online();
  await page.answer.waitFor();
  await expect.poll(() => question.isVisible(), { message: 'asked once' }).toBe(false);
});
