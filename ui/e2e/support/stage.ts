// What a file of browser tests stands on: one provider, one server and one Chromium for the file,
// and for each test people with their own accounts. Whatever a test did, its pages must have asked
// no other host for anything, broken no content policy and thrown nothing.
import { mkdirSync } from 'node:fs';
import { chromium as launcher, type Browser, type BrowserContext, type BrowserContextOptions, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll } from 'vitest';
import { ParlorPage } from './parlor-page';
import { chromium, pictures } from './parts';
import { ScriptedProvider } from './provider';
import { ParlorServer, type Account, type Role } from './server';
import { Witness } from './witness';

export const PHONE: BrowserContextOptions = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };

interface Props {
  /** Nothing configured: the guide answers. */
  guide?: boolean;
  settings?: Record<string, string>;
  models?: string[];
  /** Of the provider; else any free one. */
  port?: number;
}

interface Visit {
  context: BrowserContext;
  witness: Witness;
  page: ParlorPage;
}

export class Stage {
  provider!: ScriptedProvider;
  server!: ParlorServer;
  browser!: Browser;
  #visits: Visit[] = [];
  #people = 0;

  async open({ guide = false, settings = {}, models = ['prose-1', 'verse-2'], port = 0 }: Props): Promise<void> {
    this.provider = await ScriptedProvider.start({ models, port });
    [this.server, this.browser] = await Promise.all([
      ParlorServer.start(guide ? null : this.provider, settings),
      launch(),
    ]);
  }

  /** Somebody new, who has been welcomed unless `fresh`. */
  person(options: { role?: Role; fresh?: boolean } = {}): Promise<Account> {
    this.#people += 1;
    return this.server.account(`person-${this.#people}`, options);
  }

  /** A browser of its own; with an account it is signed in already. */
  async visit(account: Account | null, path: string | null = '/', options: BrowserContextOptions = {}): Promise<ParlorPage> {
    const context = await this.browser.newContext({
      viewport: { width: 1280, height: 800 },
      locale: 'en-GB',
      reducedMotion: 'reduce',
      // What it keeps would come between a test and the server; `installed.test.ts` has its own.
      serviceWorkers: 'block',
      ...options,
    });
    const { origin } = this.server;
    const witness = await Witness.watch(context, origin);
    if (account !== null) {
      const state = { origin, localStorage: [{ name: 'parlor.token', value: account.token }] };
      await context.setStorageState({ cookies: [], origins: [state] });
    }
    context.setDefaultTimeout(60_000);
    const page = new ParlorPage(await context.newPage(), origin);
    this.#visits.push({ context, witness, page });
    if (path !== null) await page.goto(path);
    return page;
  }

  /** Somebody new in front of an empty chat. */
  async guest(options: BrowserContextOptions = {}): Promise<ParlorPage> {
    const page = await this.visit(await this.person(), '/', options);
    await page.composer.waitFor();
    return page;
  }

  /** What the witnesses saw so far; they forget it. */
  takeFaults(): string[] {
    return this.#visits.flatMap(({ witness }) => witness.takeFaults());
  }

  async endTest(name: string, failed: boolean): Promise<void> {
    const visits = this.#visits.splice(0);
    if (failed) {
      mkdirSync(pictures, { recursive: true });
      const file = name.replace(/[^\p{L}\p{N}]+/gu, '-').slice(0, 80);
      for (const [index, { page }] of visits.entries()) {
        await page.page.screenshot({ path: `${pictures}/${file}-${index}.png` }).catch(() => undefined);
        console.error(`page ${index} of “${name}” when it failed: ${await saying(page.page)}`);
      }
    }
    for (const { context } of visits) {
      // A request that comes just now finds its handler gone, and that is nobody's fault.
      for (const page of context.pages()) await page.unrouteAll({ behavior: 'ignoreErrors' });
      await context.unrouteAll({ behavior: 'ignoreErrors' });
      await context.close();
    }
    // A test that failed while the server was away must not take the next ones along.
    if (!this.server.running) await this.server.restart();
    for (const { witness } of visits) witness.assertNothingHappened();
  }

  async close(): Promise<void> {
    await this.browser?.close();
    await this.server?.stop();
    await this.provider?.stop();
  }
}

/** Where a page is and what it says, for the log of a test that failed. */
async function saying(page: Page): Promise<string> {
  const words = await page.evaluate(() => document.body.innerText).catch((error: unknown) => `(${String(error)})`);
  return `${page.url()}\n${words.replace(/\n+/g, '\n').slice(0, 1500)}`;
}

export function launch(): Promise<Browser> {
  const quiet = ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-sync'];
  return launcher.launch({ executablePath: chromium, args: quiet });
}

/** Sets the stage for the file that calls it. */
export function stage(props: Props = {}): Stage {
  const made = new Stage();
  beforeAll(() => made.open(props));
  afterEach(({ task }) => made.endTest(task.name, task.result?.state === 'fail'));
  afterAll(() => made.close());
  return made;
}
