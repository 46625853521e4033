import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import en from './en.json';
import fr from './fr.json';
import ru from './ru.json';
import { groupOfDay, groupTitle } from './group-of-day';
import { i18next, systemLanguage } from './index';
import { formatDuration, formatNumber } from './numbers';
import { errorText, reasonText } from './reason-text';
import { relativeTime } from './relative-time';

const languages: Record<string, object> = { en, ru, fr };
const PLURAL = /_(zero|one|two|few|many|other)$/;
const src = join(import.meta.dirname, '..');

function flat(tree: object, path = ''): Map<string, string> {
  const all = new Map<string, string>();
  for (const [key, value] of Object.entries(tree)) {
    if (typeof value === 'string') all.set(path + key, value);
    else for (const [inner, text] of flat(value as object, `${path}${key}.`)) all.set(inner, text);
  }
  return all;
}

const keys = (language: string) => [...flat(languages[language] ?? {}).keys()];
const bases = (language: string) => [...new Set(keys(language).map((key) => key.replace(PLURAL, '')))].sort();
const placeholders = (text: string) => [...new Set(text.match(/\{\{\w+\}\}/g) ?? [])].sort();

describe('the three languages', () => {
  it.each(['ru', 'fr'])('%s has the keys of English, and no other', (language) => {
    expect(bases(language)).toEqual(bases('en'));
  });

  it.each(Object.keys(languages))('%s has every plural form its grammar knows', (language) => {
    const categories = new Intl.PluralRules(language).resolvedOptions().pluralCategories;
    const all = new Set(keys(language));
    for (const key of all) {
      if (!PLURAL.test(key)) continue;
      const base = key.replace(PLURAL, '');
      for (const category of categories) expect(all, `${language} ${base}`).toContain(`${base}_${category}`);
    }
  });

  it.each(['ru', 'fr'])('%s names the same values', (language) => {
    const english = flat(en);
    for (const [key, text] of flat(languages[language] ?? {})) {
      const same = english.get(key) ?? english.get(`${key.replace(PLURAL, '')}_other`) ?? '';
      expect(placeholders(text), `${language} ${key}`).toEqual(placeholders(same));
    }
  });

  it('leave nothing empty', () => {
    for (const language of Object.keys(languages)) {
      for (const [key, text] of flat(languages[language] ?? {})) expect(text.trim(), `${language} ${key}`).not.toBe('');
    }
  });
});

function sources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return sources(path);
    return /\.tsx?$/.test(entry.name) && !/\.test\.|generated/.test(path) ? [readFileSync(path, 'utf8')] : [];
  });
}

describe('keys and code', () => {
  const code = sources(src).join('\n');
  const known = new Set(bases('en'));

  it('asks for no key that is missing', () => {
    const asked = [...code.matchAll(/\bt\(\s*'([\w.-]+)'/g)].map((found) => found[1] ?? '');
    expect(asked.length).toBeGreaterThan(100);
    expect([...new Set(asked)].filter((key) => !known.has(key))).toEqual([]);
  });

  it('has no key that nobody asks for', () => {
    // Any quoted key counts, and a template counts for all that begin as it does.
    const quoted = new Set([...code.matchAll(/'([a-zA-Z]+(?:\.[\w-]+)+)'/g)].map((found) => found[1]));
    const begun = [...code.matchAll(/`([a-zA-Z]+\.[\w.-]*)\$\{/g)].map((found) => found[1] ?? '');
    const unused = [...known].filter((key) => !quoted.has(key) && !begun.some((start) => key.startsWith(start)));
    expect(unused).toEqual([]);
  });

  it('has a sentence for every reason of the wire', () => {
    const protocol = readFileSync(join(src, '../../src-tauri/PROTOCOL.md'), 'utf8');
    const list = /The reasons: ([^]*?)\.\n/.exec(protocol)?.[1] ?? '';
    const reasons = [...list.matchAll(/`(\w+)`/g)].map((found) => found[1] ?? '');
    expect(reasons.length).toBeGreaterThan(20);
    for (const reason of reasons) expect(known, reason).toContain(`reason.${reason}`);
  });
});

describe('words with numbers and time', () => {
  beforeAll(async () => void (await i18next.changeLanguage('ru')));
  afterAll(async () => void (await i18next.changeLanguage('en')));

  it.each([
    [1, '1 модель'],
    [2, '2 модели'],
    [5, '5 моделей'],
    [11, '11 моделей'],
    [21, '21 модель'],
    [22, '22 модели'],
    [111, '111 моделей'],
    [1.5, '1.5 модели'],
  ])('counts %d as Russians do', (count, words) => {
    expect(i18next.t('provider.modelCount', { count })).toBe(words);
  });

  it('says time relative to now', () => {
    const now = new Date(2026, 10, 22, 12).getTime();
    expect(relativeTime(now - 20_000, now)).toBe('только что');
    expect(relativeTime(now - 5 * 60_000, now)).toBe('5 минут назад');
    expect(relativeTime(now - 26 * 3_600_000, now)).toBe('вчера');
  });

  it('groups by the days of the calendar', () => {
    const now = new Date(2026, 10, 22, 0, 30).getTime();
    expect(groupOfDay(now - 20 * 60_000, now)).toBe('today');
    expect(groupOfDay(now - 40 * 60_000, now), 'ten minutes before midnight').toBe('yesterday');
    expect(groupOfDay(new Date(2026, 10, 16, 1), now)).toBe('lastSevenDays');
    expect(groupOfDay(new Date(2026, 10, 14), now)).toBe('2026-11');
    expect(groupTitle('2026-10', now)).toBe('Октябрь');
    expect(groupTitle('2025-10', now)).toContain('2025');
  });

  it('writes numbers and lengths of time', () => {
    expect(formatNumber(12345.6)).toMatch(/^12\s345,6$/);
    expect(formatDuration(200)).toBe('3 мин 20 с');
    expect(formatDuration(7200)).toBe('2 ч');
  });

  it('finds the language of the system', () => {
    expect(systemLanguage(['de-DE', 'fr-CH', 'en'])).toBe('fr');
    expect(systemLanguage(['ja'])).toBe('en');
  });

  it('has words for whatever failed', () => {
    expect(reasonText('key_refused')).toContain('ключ');
    expect(reasonText('a_reason_of_next_year')).toBe(i18next.t('reason.unknown'));
    expect(reasonText('toString'), 'not a key of the prototype').toBe(i18next.t('reason.unknown'));
    expect(errorText({ code: 'keyring_denied' })).toBe(i18next.t('reason.keyring_denied'));
  });
});
