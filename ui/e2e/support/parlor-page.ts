// Parlor as a person sees it: every part is found by its role and name, never by a class.
import type { Locator, Page } from 'playwright-core';
import { expect } from 'vitest';
import en from '../../src/i18n/en.json';
import fr from '../../src/i18n/fr.json';
import ru from '../../src/i18n/ru.json';

export type Language = 'en' | 'fr' | 'ru';

/** The UI's own words: a test names what it looks for by key, and a better wording breaks none. */
export const WORDS = { en, fr, ru };

const all = (pick: (words: typeof en) => string) =>
  new RegExp(`^(${[en, fr, ru].map((words) => pick(words as typeof en)).join('|')})$`);
const YOU = all((words) => words.thread.you);
const ASSISTANT = all((words) => words.thread.assistant);

export class ParlorPage {
  readonly page: Page;
  readonly origin: string;

  constructor(page: Page, origin: string) {
    this.page = page;
    this.origin = origin;
  }

  async goto(path: string): Promise<void> {
    await this.page.goto(this.origin + path);
  }

  /** The message field, in any language of the UI. */
  get composer(): Locator {
    return this.page.locator('#composer');
  }

  get thread(): Locator {
    return this.page.getByRole('log');
  }

  get questions(): Locator {
    return this.page.getByRole('article', { name: YOU });
  }

  get answers(): Locator {
    return this.page.getByRole('article', { name: ASSISTANT });
  }

  get answer(): Locator {
    return this.answers.last();
  }

  get sidebar(): Locator {
    return this.page.getByRole('navigation', { name: en.sidebar.label });
  }

  /** The server's name and the state of the connection. */
  get switcher(): Locator {
    return this.sidebar.getByRole('button').first();
  }

  /** Where the state of a lost connection is said: above the message field. */
  get banner(): Locator {
    return this.page.getByRole('main');
  }

  chat(title: string): Locator {
    return this.sidebar.getByRole('link', { name: title });
  }

  button(name: string | RegExp): Locator {
    return this.page.getByRole('button', { name, exact: typeof name === 'string' });
  }

  /** Waits until the UI has said hello to the server. */
  async online(): Promise<void> {
    await this.switcher.getByText(en.connection.state.online, { exact: true }).waitFor();
  }

  async newChat(): Promise<void> {
    await this.sidebar.getByRole('button', { name: new RegExp(`^${en.sidebar.newChat}`) }).click();
    await expect.poll(() => this.questions.count()).toBe(0);
  }

  async ask(question: string): Promise<void> {
    await this.composer.fill(question);
    await this.composer.press('Enter');
  }

  /** Asks, and waits for the end of the answer. */
  async converse(question: string): Promise<void> {
    // A long answer pushes its question out of the view, and what is out of view is not on the page.
    const answer = async () => ((await this.answers.count()) === 0 ? '' : this.answer.innerText());
    const before = await answer();
    await this.ask(question);
    await expect.poll(answer, { message: `an answer to “${question}”` }).not.toBe(before);
    await this.settled();
  }

  /** No answer is being written, and the last turn is an answer. */
  async settled(): Promise<void> {
    await expect
      .poll(() => this.page.getByRole('article').last().getAttribute('aria-label'), { message: 'the last turn' })
      .toMatch(ASSISTANT);
    await expect.poll(() => this.page.locator('article[aria-busy=true]').count(), { message: 'a running answer' }).toBe(0);
  }

  /** Points at the news with an Undo, as who takes it does: it stays as long as the pointer is there. */
  async holdNews(): Promise<void> {
    await this.button(en.common.undo).last().hover();
  }

  async says(text: string | RegExp): Promise<void> {
    await this.answer.getByText(text).first().waitFor();
  }

  /** The menu of a chat in the sidebar, and one of its commands. */
  async chatCommand(title: string, command: string): Promise<void> {
    await this.chat(title).hover();
    await this.sidebar.getByRole('button', { name: `Actions for “${title}”` }).click();
    await this.page.getByRole('menuitem', { name: command }).click();
  }

  /** All that the page's cache holds, as one text. */
  remembered(): Promise<string> {
    return this.page.evaluate(
      () =>
        new Promise<string>((resolve, reject) => {
          const opening = indexedDB.open('parlor-cache');
          opening.onerror = () => reject(new Error('no cache'));
          opening.onsuccess = () => {
            const all = opening.result.transaction('kept').objectStore('kept').getAll();
            all.onsuccess = () => {
              opening.result.close();
              resolve(JSON.stringify(all.result));
            };
          };
        }),
    );
  }

  /** Waits until the device has these words. */
  async kept(words: string): Promise<void> {
    await expect.poll(() => this.remembered(), { message: `“${words}” in the cache` }).toContain(words);
  }

  get titles(): Promise<string[]> {
    return this.sidebar.getByRole('listitem').getByRole('link').allInnerTexts();
  }
}
