// Light or dark: the device's choice, or the system's as it changes.

import type { Theme } from './types';

const darkSystem = window.matchMedia?.('(prefers-color-scheme: dark)');
let chosen: Theme = 'system';

export function applyTheme(theme: Theme): void {
  chosen = theme;
  const dark = theme === 'dark' || (theme === 'system' && darkSystem?.matches === true);
  document.documentElement.dataset['theme'] = dark ? 'dark' : 'light';
}

darkSystem?.addEventListener('change', () => applyTheme(chosen));
