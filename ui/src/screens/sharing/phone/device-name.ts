// What to call this device, until a person says better.

const KINDS: readonly [pattern: RegExp, name: string][] = [
  [/iPhone/, 'iPhone'],
  [/iPad/, 'iPad'],
  [/Android/, 'Android'],
  [/Windows/, 'Windows'],
  [/Mac OS X/, 'Mac'],
  [/CrOS/, 'Chromebook'],
  [/Linux/, 'Linux'],
];

export function deviceName(userAgent: string = navigator.userAgent): string {
  return KINDS.find(([pattern]) => pattern.test(userAgent))?.[1] ?? '';
}
