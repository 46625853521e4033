// A server with hundreds of people and a long log: as quick as a small one, and nothing out of reach.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, test } from 'vitest';
import { expectAccessible } from './support/accessibility';
import { WORDS } from './support/parlor-page';
import type { Account } from './support/server';
import { PHONE, stage } from './support/stage';

const PEOPLE = 800;
const LINES = 3_000;
const parlor = stage();
const { admin } = WORDS.en;
let owner: Account;

/** What a section shows when all of it is there. */
const LOADED = {
  people: 'colleague-0000',
  invitations: admin.invitation.noneOpen,
  usage: admin.usage.none,
  limits: admin.limits.title,
  log: admin.log.action.signed_in,
  health: admin.health.good,
};

beforeAll(async () => {
  owner = await parlor.person({ role: 'owner' });
  await parlor.server.shutDown();
  const script = join(import.meta.dirname, 'support/many-people.py');
  await promisify(execFile)('python3', [script, parlor.server.dataDir, String(PEOPLE), String(LINES)]);
  await parlor.server.restart();
});

test('only the people in view are on the page, the last is reached, and one is found by name', async () => {
  const page = await parlor.visit(owner, '/admin/people');
  const rows = page.page.getByRole('list', { name: admin.section.people }).getByRole('listitem');
  await rows.getByText('colleague-0000').waitFor();
  await page.page.getByText(admin.people.count_other.replace('{{count}}', String(PEOPLE + 2))).waitFor();
  await expect.poll(() => rows.count()).toBeLessThan(60);
  await expect.poll(() => rows.nth(0).getAttribute('aria-setsize')).toBe(String(PEOPLE + 2));
  await rows.nth(0).hover();
  await expect
    .poll(async () => {
      await page.page.mouse.wheel(0, 20_000);
      return rows.getByText('colleague-0799').count();
    })
    .toBe(1);
  const search = page.page.getByRole('searchbox', { name: admin.people.search });
  await search.fill('colleague-042');
  await expect.poll(() => rows.count()).toBe(10);
  await search.fill('nobody at all');
  await page.page.getByText(admin.people.none.replace('{{query}}', 'nobody at all')).waitFor();
});

test('the log goes back as far as one scrolls, and finds the one line of its kind', async () => {
  const page = await parlor.visit(owner, '/admin/log');
  const rows = page.page.getByRole('list', { name: admin.section.log }).getByRole('listitem');
  await rows.getByText(admin.log.action.signed_in).first().waitFor();
  await expect.poll(() => rows.count(), { message: 'only those in view' }).toBeLessThan(80);
  await page.page.getByRole('combobox', { name: admin.log.kind }).click();
  await page.page.getByRole('option', { name: admin.log.topic.devices }).click();
  await rows.getByText('the long lost laptop').waitFor();
  await expectAccessible(page, 'the log, filtered');
  await page.page.getByRole('combobox', { name: admin.log.kind }).click();
  await page.page.getByRole('option', { name: admin.log.topic.all }).click();
  const search = page.page.getByRole('searchbox', { name: admin.log.search });
  await search.fill('LONG LOST');
  await expect.poll(() => rows.count(), { message: 'its day and itself' }).toBe(2);
  await search.fill('nothing like this');
  await page.page.getByText(admin.log.none).waitFor();
  await search.fill('');
  await rows.first().hover();
  await expect
    .poll(async () => {
      await page.page.mouse.wheel(0, 30_000);
      return rows.getByText('the long lost laptop').count();
    })
    .toBe(1);
});

describe.each(['light', 'dark'] as const)('in %s', (colorScheme) => {
  test.each(['people', 'invitations', 'usage', 'limits', 'log', 'health'] as const)('%s is for everybody, also on a phone', async (section) => {
    for (const options of [{}, PHONE]) {
      const page = await parlor.visit(owner, `/admin/${section}`, { ...options, colorScheme });
      await page.page.getByRole('tabpanel').getByText(LOADED[section]).first().waitFor();
      await expectAccessible(page, `managing: ${section}`);
      const wide = () => page.page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      await expect.poll(wide, { message: 'nothing hangs over the edge' }).toBeLessThanOrEqual(0);
    }
  });
});
