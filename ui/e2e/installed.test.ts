// The app on a phone's home screen: it can be installed, opens without the server, keeps no secret
// where it keeps its files, and an open page outlives an update of the server.
import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { laterBundle, MARK } from './support/next-bundle';
import { WORDS, type ParlorPage } from './support/parlor-page';
import { bundle } from './support/parts';
import { PHONE, stage } from './support/stage';

const home = mkdtempSync(join(tmpdir(), 'parlor-installed-'));
const served = join(home, 'served');
const serve = (from: string) => {
  rmSync(served, { recursive: true, force: true });
  cpSync(from, served, { recursive: true });
};
serve(bundle);
const parlor = stage({ settings: { PARLOR_UI_DIR: served } });
const WITH_WORKER: BrowserContextOptions = { serviceWorkers: 'allow' };

beforeEach(() => serve(bundle));
afterAll(() => rmSync(home, { recursive: true, force: true }));

/** Waits until the page's own worker answers for it. */
async function installed({ page }: ParlorPage): Promise<void> {
  await page.evaluate(() => navigator.serviceWorker.ready);
  await page.waitForFunction(() => navigator.serviceWorker.controller?.state === 'activated');
}

/** Waits until the worker of a later bundle has all that it needs, and waits for its turn. */
async function laterInstalled({ page }: ParlorPage): Promise<void> {
  const waiting = () => page.evaluate(async () => (await navigator.serviceWorker.ready).waiting?.state);
  await expect.poll(waiting, { message: 'the later worker' }).toBe('installed');
}

interface Kept {
  cache: string;
  path: string;
  text: string;
}

/** All that is in the caches of the page's origin. */
function kept(page: Page): Promise<Kept[]> {
  return page.evaluate(async () => {
    const all: Kept[] = [];
    for (const name of await caches.keys()) {
      const cache = await caches.open(name);
      for (const request of await cache.keys()) {
        const text = (await (await cache.match(request))?.text()) ?? '';
        all.push({ cache: name, path: request.url.slice(location.origin.length), text });
      }
    }
    return all;
  });
}

test('it can be installed: a manifest, icons of the sizes it says, a worker', async () => {
  const page = await parlor.guest({ ...WITH_WORKER, ...PHONE });
  await installed(page);
  const session = await page.page.context().newCDPSession(page.page);
  const manifest = await session.send('Page.getAppManifest');
  expect(manifest.errors).toEqual([]);
  const errors = async () => {
    const { installabilityErrors } = await session.send('Page.getInstallabilityErrors');
    // The contexts of tests are private windows, which install nothing.
    return installabilityErrors.map(({ errorId }) => errorId).filter((id) => id !== 'in-incognito');
  };
  await expect.poll(errors).toEqual([]);

  const told = JSON.parse(manifest.data ?? '{}') as { icons: { src: string; sizes: string }[] };
  const sizes = await page.page.evaluate(async (icons) => {
    const load = async ({ src }: { src: string }) => {
      const image = new Image();
      image.src = src;
      await image.decode();
      return `${image.naturalWidth}x${image.naturalHeight}`;
    };
    return Promise.all(icons.map(load));
  }, told.icons.filter(({ sizes }) => sizes !== 'any'));
  expect(sizes).toEqual(['192x192', '512x512', '512x512']);
});

test('without the server it opens with the chats of this device', async () => {
  const page = await parlor.guest(WITH_WORKER);
  await page.converse('What is kept for the train?');
  await page.kept('You said: What is kept for the train?');
  // The list is written a moment after the chats.
  await page.kept('"title":"What is kept for the train?"');
  await installed(page);
  await parlor.server.kill();
  const path = new URL(page.page.url()).pathname;
  expect(path, 'a deep link').not.toBe('/');
  await page.page.reload();
  await page.chat('What is kept for the train?').waitFor();
  await page.questions.getByText('What is kept for the train?').waitFor();
  await parlor.server.restart();
  await page.online();
});

/** Fails where the caches hold anything but files of the bundle, or any of the secrets. */
async function expectOwnFilesOnly(page: Page, secrets: string[]): Promise<void> {
  const files = await kept(page);
  const own = new Set(['/', ...readdirSync(join(bundle, 'assets')).map((name) => `/assets/${name}`)]);
  expect(files.length).toBeGreaterThan(10);
  expect(files.map(({ path }) => path).filter((path) => !own.has(path))).toEqual([]);
  for (const secret of secrets) {
    expect(secret.length).toBeGreaterThan(5);
    const holding = files.filter(({ text, path }) => text.includes(secret) || path.includes(secret));
    expect(holding.map(({ path }) => path)).toEqual([]);
  }
}

test('no secret is where the files are: only the bundle’s own, none of the API', async () => {
  const link = parlor.server.signInLink.slice(parlor.server.origin.length);
  const owner = await parlor.visit(null, link, WITH_WORKER);
  await owner.page.getByRole('button').first().waitFor();
  await installed(owner);
  await expectOwnFilesOnly(owner.page, [link.split('=')[1] ?? '']);

  const person = await parlor.person();
  const page = await parlor.visit(person, '/', WITH_WORKER);
  await page.composer.waitFor();
  await installed(page);
  await page.converse('A secret of mine');
  await page.page.evaluate(async (token) => {
    for (const path of ['/api/session', '/metrics', '/assets/?token=abcdef', `/assets/none-${token}.js`]) {
      await fetch(path, { headers: { authorization: `Bearer ${token}` } });
    }
  }, person.token);
  await page.page.reload();
  await page.questions.getByText('A secret of mine').waitFor();
  await expectOwnFilesOnly(page.page, [person.token, 'A secret of mine']);
});

test('an open page finds its parts after the server was updated, and the next one is new', async () => {
  const person = await parlor.person();
  const page = await parlor.visit(person, '/', WITH_WORKER);
  await page.composer.waitFor();
  await installed(page);
  const before = await kept(page.page);

  const later = join(home, 'later');
  laterBundle(later);
  serve(later);
  const part = before.find(({ path }) => path.endsWith('.js'))?.path ?? '/?';
  expect((await fetch(parlor.server.origin + part)).status, 'the server has it no more').toBe(404);

  // Parts that were not needed until now.
  await page.sidebar.getByRole('button', { name: new RegExp(`^${WORDS.en.sidebar.settings}`) }).click();
  await page.page.getByRole('dialog', { name: WORDS.en.settings.title }).waitFor();
  await page.page.keyboard.press('Escape');
  await page.converse('Still there?');

  const scripts = () => page.page.locator('script[src]').evaluateAll((all) => all.map((one) => one.getAttribute('src')));
  await page.page.reload();
  await page.composer.waitFor();
  await expect.poll(async () => (await scripts())[0], { message: 'a reload brings the new page' }).toContain(MARK);
  await laterInstalled(page);
  // The old worker gives way once it has no page left.
  await expect
    .poll(async () => {
      await page.page.goto('about:blank');
      await page.goto('/');
      await page.composer.waitFor();
      const files = (await kept(page.page)).filter(({ path }) => path !== '/');
      return files.length > 10 && files.every(({ path }) => path.includes(MARK));
    })
    .toBe(true);
});
