// Words. Three languages are bundled; the device's choice or the system's languages pick one.
// Everything a person reads goes through `t` with a key of en.json, which the compiler checks.

import i18next from 'i18next';
import { initReactI18next } from 'react-i18next';
import en from './en.json';
import fr from './fr.json';
import ru from './ru.json';

export const LANGUAGES = ['en', 'ru', 'fr'] as const;
export type Lang = (typeof LANGUAGES)[number];

/** What each language calls itself: a reader who is lost in another one must find it. */
export const LANGUAGE_NAMES: Record<Lang, string> = { en: 'English', ru: 'Русский', fr: 'Français' };

function isLang(code: string): code is Lang {
  return (LANGUAGES as readonly string[]).includes(code);
}

/** The first of the system's languages that Parlor speaks, else English. */
export function systemLanguage(wanted: readonly string[] = navigator.languages): Lang {
  for (const tag of wanted) {
    const code = tag.toLowerCase().split('-')[0] ?? '';
    if (isLang(code)) return code;
  }
  return 'en';
}

export function resolveLanguage(choice: 'system' | Lang): Lang {
  return choice === 'system' ? systemLanguage() : choice;
}

/** The language being shown, for `Intl`. */
export function currentLanguage(): Lang {
  const code = i18next.language;
  return isLang(code) ? code : 'en';
}

/** Shows another language at once, in the whole window. */
export function setLanguage(choice: 'system' | Lang): void {
  const language = resolveLanguage(choice);
  document.documentElement.lang = language;
  void i18next.changeLanguage(language);
}

// Everything is in the bundle, so this ends before the first render.
void i18next.use(initReactI18next).init({
  resources: { en: { translation: en }, ru: { translation: ru }, fr: { translation: fr } },
  lng: systemLanguage(),
  fallbackLng: 'en',
  initAsync: false,
  returnNull: false,
  // React escapes what it renders; twice would show &amp; to people.
  interpolation: { escapeValue: false },
});
document.documentElement.lang = currentLanguage();

export { i18next };
