// What the modifier key is called on this machine.

export const IS_MAC = /Mac|iPhone|iPad/.test(navigator.userAgent);
export const MOD = IS_MAC ? '⌘' : 'Ctrl';

export function withMod(key: string): string {
  return IS_MAC ? `⌘${key}` : `Ctrl ${key}`;
}
