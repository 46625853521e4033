// What only the app's own window asks: its servers, in light and dark and as narrow as a phone.
// Everybody can use it, nothing is wider than the window, and a finger hits every button.
import { mkdirSync } from 'node:fs';
import type { BrowserContextOptions, Locator } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { expectAccessible } from './support/accessibility';
import { appWindow, NEVER, refusal, serverList, type Answers } from './support/app-window';
import { WORDS, type ParlorPage } from './support/parlor-page';
import { PHONE, stage } from './support/stage';
import { missedByFinger } from './support/touch';

const parlor = stage();
const { server, servers, settings, sharing, sidebar, signIn } = WORDS.en;

const FINGERPRINT = Array.from({ length: 32 }, (_, at) => (at * 7 + 16).toString(16)).join(':');
const LONG_NAME = 'Rechenzentrum_der_Donaudampfschifffahrtsgesellschaft_in_Wien';

/** What is there at the addresses that somebody types. */
const GREETINGS: Record<string, () => unknown> = {
  'https://team.example': () => ({ name: 'Team', signInWith: 'Keycloak' }),
  'https://strange.example': () => {
    throw refusal('certificate_unknown', FINGERPRINT);
  },
};

const ANSWERS: Answers = {
  servers: () => serverList('Team Lyon', 'Université de Franche-Comté, laboratoire', LONG_NAME),
  look_at_server: ({ address }) => (GREETINGS[String(address)] ?? (() => ({ name: 'Server', signInWith: null })))(),
  sign_in_server: () => {
    throw refusal('sign_in_refused');
  },
  sign_in_by_browser: () => NEVER,
  cancel_browser_sign_in: () => undefined,
  ask_pairing: () => ({ number: '4821', expiresAt: new Date(Date.now() + 600_000).toISOString() }),
  claim_pairing: () => NEVER,
  cancel_pairing: () => undefined,
};

/** For looking at: only where PARLOR_PICTURES names a folder. */
async function picture({ page }: ParlorPage, name: string): Promise<void> {
  const folder = process.env['PARLOR_PICTURES'];
  if (folder === undefined) return;
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: `${folder}/${name.replaceAll(' ', '-')}.png`, animations: 'disabled' });
}

/** How much of a text its box hides. */
const cut = (text: Locator) => text.evaluate((box) => Math.max(box.scrollWidth - box.clientWidth, box.scrollHeight - box.clientHeight));

const SIZES = [
  ['a wide window', {}, false],
  ['a phone', PHONE, true],
] as const;

describe.each(['light', 'dark'] as const)('in %s', (colorScheme) => {
  describe.each(SIZES)('on %s', (size, options, byTouch) => {
    async function open(over: BrowserContextOptions = {}): Promise<ParlorPage> {
      const page = await appWindow(parlor, await parlor.person({ role: 'owner' }), ANSWERS, { ...options, colorScheme, ...over });
      await page.composer.waitFor();
      return page;
    }
    async function switcher(page: ParlorPage): Promise<void> {
      if (byTouch) await page.button(sidebar.openDrawer).tap();
      await page.switcher.click();
      await page.page.getByRole('menu').waitFor();
    }
    async function adding(): Promise<ParlorPage> {
      const page = await open();
      await switcher(page);
      await page.page.getByRole('menuitem', { name: sidebar.addServer }).click();
      await page.page.getByRole('dialog', { name: settings.servers.add }).waitFor();
      return page;
    }
    async function judge(page: ParlorPage, name: string): Promise<void> {
      await expectAccessible(page, `${name}, ${colorScheme}, on ${size}`);
      const width = await page.page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      expect.soft(width, `${name}: wider than ${size}`).toBeLessThanOrEqual(0);
      if (byTouch) expect.soft(await missedByFinger(page.page.getByRole('dialog').last()), `${name}: too small to touch`).toEqual([]);
      await picture(page, `${name} ${colorScheme} ${size}`);
    }
    const field = (page: ParlorPage, name: string) => page.page.getByRole('dialog').last().getByLabel(name, { exact: true });

    test('a server is added, whichever way', async () => {
      const page = await adding();
      await judge(page, 'adding a server');
      await page.button(server.signIn).click();
      await page.page.getByText(WORDS.en.common.required).first().waitFor();
      await judge(page, 'adding a server, nothing filled in');
      await field(page, server.address).fill('http://192.0.2.7:3000');
      await page.page.getByText(server.plainWarning).waitFor();
      await field(page, server.userName).fill('ada');
      await field(page, server.password).fill('wrong');
      await page.button(server.signIn).click();
      await page.page.getByText(server.failed.split('{{')[0]?.trim() ?? '').waitFor();
      await judge(page, 'a server that refuses');
    });

    test('a certificate is compared, and an identity provider waited for', async () => {
      const page = await adding();
      await field(page, server.address).fill('https://strange.example');
      await page.page.getByText(FINGERPRINT).waitFor();
      await judge(page, 'a strange certificate');
      await field(page, server.address).fill('https://team.example');
      await page.button(signIn.with.replace('{{name}}', 'Keycloak')).click();
      await page.button(signIn.browser.stop).waitFor();
      await judge(page, 'waiting for the browser');
    });

    test('a code is brought, and its number compared', async () => {
      const page = await adding();
      await field(page, server.address).fill('https://home.example');
      await page.button(server.haveCode).click();
      await field(page, sharing.phone.code).fill('ABCD-2345');
      await judge(page, 'a pairing code');
      await page.button(sharing.phone.ask).click();
      await page.page.getByText('4821').waitFor();
      await judge(page, 'waiting for the yes');
    });

    test('the servers are managed', async () => {
      const page = await open();
      await switcher(page);
      await page.page.getByRole('menuitem', { name: 'Team Lyon' }).waitFor();
      const long = page.page.getByRole('menuitem').getByText(LONG_NAME);
      expect.soft(await cut(long), 'a long name is shown whole').toBe(0);
      expect.soft(await long.getAttribute('title')).toBe(LONG_NAME);
      await expectAccessible(page, `the switcher, ${colorScheme}, on ${size}`, page.page.getByRole('menu'));
      await picture(page, `the switcher ${colorScheme} ${size}`);
      await page.page.getByRole('menuitem', { name: servers.manage }).click();
      await page.page.getByRole('tabpanel', { name: settings.section.servers }).getByText('Team Lyon').waitFor();
      await judge(page, 'the servers');
      await page.button(servers.renameLabel.replace('{{name}}', 'Team Lyon')).click();
      await page.page.getByRole('dialog', { name: servers.renameTitle.replace('{{name}}', 'Team Lyon') }).waitFor();
      await judge(page, 'renaming a server');
      await page.page.keyboard.press('Escape');
      await page.button(settings.servers.removeLabel.replace('{{name}}', 'Team Lyon')).click();
      await page.page.getByText(servers.removeHint.replace('{{user}}', 'ada')).waitFor();
      await judge(page, 'removing a server');
    });
  });
});
