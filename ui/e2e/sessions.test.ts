// Being signed in over a long time: short access tokens that are renewed, in several windows at
// once, without a word lost, and out again where the server says so.
import { describe, expect, test } from 'vitest';
import { anotherWindow, api, devicesOf, logged, personWithPassword, signedIn, signInOn, type Device } from './support/accounts';
import { Gate } from './support/gate';
import { WORDS, type ParlorPage } from './support/parlor-page';
import { stage } from './support/stage';
import { countLooks, somebodyWaits, withoutLocks } from './support/turns';

/** So short that a test can wait for its end, and longer than a busy machine takes to show it at a socket. */
const ACCESS_SECONDS = 5;
const parlor = stage({ settings: { PARLOR_AUTH_ACCESS_SECONDS: String(ACCESS_SECONDS) } });
const { signIn, devices } = WORDS.en;

const REFRESH = '/api/session/refresh';

function countRenewals({ page }: ParlorPage): () => number {
  let count = 0;
  page.context().on('request', (request) => {
    if (request.url().endsWith(REFRESH)) count += 1;
  });
  return () => count;
}

/** Waits until the token of this browser is good no more. */
async function runOut({ page }: ParlorPage): Promise<void> {
  await page.waitForFunction(() => {
    const payload = localStorage.getItem('parlor.token')?.split('.')[1] ?? '';
    const { exp } = JSON.parse(atob(payload.replaceAll('-', '+').replaceAll('_', '/'))) as { exp: number };
    return exp * 1000 <= Date.now();
  });
}

async function openDevices({ page }: ParlorPage): Promise<void> {
  await page.keyboard.press('Control+,');
  await page.getByRole('tab', { name: devices.title }).click();
}

async function restart(): Promise<void> {
  await parlor.server.kill();
  await parlor.server.restart();
}

test('a browser gets a short token, and no script sees what renews it', async () => {
  const person = await personWithPassword(parlor);
  const page = await signedIn(parlor, person);
  const cookies = await page.page.context().cookies(parlor.server.origin + REFRESH);
  expect(cookies).toHaveLength(1);
  expect(cookies[0]).toMatchObject({ httpOnly: true, sameSite: 'Strict', path: REFRESH });
  expect(await page.page.evaluate(() => document.cookie)).toBe('');
  const renewals = countRenewals(page);
  await runOut(page);
  await page.page.reload();
  await page.online();
  // On a slow machine the fresh one has run out too before the socket shows it.
  expect(renewals(), 'the reload needed a fresh token').toBeGreaterThan(0);
  await page.converse('Still here?');
  await page.says('You said: Still here?');
});

describe.each(['locks', 'a lease'])('two windows with %s', (means) => {
  test('renew one at a time, and neither is signed out', async () => {
    const person = await personWithPassword(parlor);
    const one = await parlor.visit(null, null);
    if (means !== 'locks') await withoutLocks(one.page.context());
    await one.goto('/');
    await signInOn(one, person.name);
    await one.online();
    expect(await one.page.evaluate(() => 'locks' in navigator && navigator.locks !== undefined)).toBe(means === 'locks');
    const two = await anotherWindow(one);
    await two.online();
    // The first renewal is held until the other window wants one.
    const bothWant = new Gate();
    let [under, most, all] = [0, 0, 0];
    await one.page.context().route(`**${REFRESH}`, async (route) => {
      under += 1;
      all += 1;
      most = Math.max(most, under);
      await bothWant.opened;
      const response = await route.fetch();
      under -= 1;
      await route.fulfill({ response });
    });
    await runOut(one);
    const windows = [one.page, two.page];
    await countLooks(windows);
    await openDevices(one);
    await expect.poll(() => under, { message: 'the first renewal' }).toBe(1);
    // The note of it is for a window that dies meanwhile. Here it would keep the other one waiting
    // for a while, lock or no lock.
    await one.page.evaluate(() => localStorage.removeItem('parlor.renewing'));
    await openDevices(two);
    await expect.poll(async () => under > 1 || (await somebodyWaits(windows)), { message: 'what the other one does' }).toBe(true);
    expect(most, 'at once').toBe(1);
    bothWant.open();
    await Promise.all([one, two].map(({ page }) => page.getByText(devices.this, { exact: true }).waitFor()));
    expect(most, 'at once').toBe(1);

    const before = all;
    await runOut(one);
    await restart();
    for (const { page } of [one, two]) await page.keyboard.press('Escape');
    // Until a window has noticed the loss it still says that it is online.
    await expect.poll(() => all, { message: 'coming back needed a fresh token' }).toBeGreaterThan(before);
    await Promise.all([one.online(), two.online()]);
    expect(most, 'at once').toBe(1);
    expect(await logged(parlor, person.token)).not.toContain('token_reused');
    expect(await devicesOf(parlor, person.token)).toHaveLength(1);
    await one.converse('From the first window');
    await two.chat('From the first window').waitFor();
  });
});

test('a question asked over HTTP with a token that ran out is asked again with a fresh one', async () => {
  const person = await personWithPassword(parlor);
  const page = await signedIn(parlor, person);
  await runOut(page);
  await openDevices(page);
  await page.page.getByText(devices.this, { exact: true }).waitFor();
});

test('an open socket outlives the token that opened it', async () => {
  const person = await personWithPassword(parlor);
  const page = await signedIn(parlor, person);
  const renewals = countRenewals(page);
  await runOut(page);
  await page.converse('With a token that ran out');
  await page.says('You said: With a token that ran out');
  expect(renewals()).toBe(0);
});

test('a refused renewal asks for a sign-in, and keeps what was written and what waits', async () => {
  const person = await personWithPassword(parlor);
  const page = await signedIn(parlor, person);
  await page.converse('Before');
  await parlor.server.kill();
  await page.ask('While it was away');
  await page.page.getByText(WORDS.en.thread.queued).waitFor();
  await page.composer.fill('Half a thought');
  // Closing an account signs its devices out; opening it again brings none of them back.
  await parlor.server.command('user', 'disable', person.name);
  await parlor.server.command('user', 'enable', person.name);
  await parlor.server.restart();
  await page.page.getByText(signIn.because['token-refused']).waitFor();
  expect(parlor.provider.asked('While it was away')).toBe(0);

  await signInOn(page, person.name);
  await page.online();
  await page.says('You said: While it was away');
  await page.settled();
  expect(parlor.provider.asked('While it was away'), 'once').toBe(1);
  await expect.poll(() => page.composer.inputValue()).toBe('Half a thought');
});

test('a server that cannot answer just then signs nobody out', async () => {
  const person = await personWithPassword(parlor);
  const page = await signedIn(parlor, person);
  await runOut(page);
  let failed = 0;
  await page.page.context().route(`**${REFRESH}`, async (route) => {
    failed += 1;
    if (failed > 2) return route.continue();
    return failed === 1 ? route.abort('connectionreset') : route.fulfill({ status: 503, json: { reason: 'store_failed', message: 'no' } });
  });
  await restart();
  await expect.poll(() => failed).toBeGreaterThan(2);
  await page.online();
});

test('a device that is signed out elsewhere notices at once, in all its windows, and comes back in all of them', async () => {
  const person = await personWithPassword(parlor);
  const one = await signedIn(parlor, person);
  const two = await anotherWindow(one);
  await two.online();
  const [device] = await devicesOf(parlor, person.token);
  await api(parlor, person.token, `/api/devices/${(device as Device).deviceId}`, 'DELETE');
  await Promise.all([one, two].map(({ page }) => page.getByText(signIn.because['token-refused']).waitFor()));
  await signInOn(one, person.name);
  await Promise.all([one.online(), two.online()]);
});

test('signing out is told to the server, also later when it was away', async () => {
  const person = await personWithPassword(parlor);
  const page = await signedIn(parlor, person);
  expect(await devicesOf(parlor, person.token)).toHaveLength(1);
  await page.switcher.click();
  await page.page.getByRole('menuitem', { name: WORDS.en.sidebar.signOut }).click();
  await expect.poll(() => devicesOf(parlor, person.token)).toHaveLength(0);
  // The server has signed the device out before its answer takes the cookie along.
  await expect.poll(() => page.page.context().cookies(parlor.server.origin + REFRESH), { message: 'the cookie went with it' }).toHaveLength(0);

  await page.page.getByText(signIn.because['signed-out']).waitFor();
  await signInOn(page, person.name);
  await page.online();
  await parlor.server.kill();
  await page.switcher.click();
  await page.page.getByRole('menuitem', { name: WORDS.en.sidebar.signOut }).click();
  await page.page.getByText(signIn.because['signed-out']).waitFor();
  await parlor.server.restart();
  expect(await devicesOf(parlor, person.token)).toHaveLength(1);
  await page.page.reload();
  await page.button(signIn.submit).waitFor();
  await expect.poll(() => devicesOf(parlor, person.token)).toHaveLength(0);
});
