import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

/** WCAG 2.2: 4.5:1 for text, 3:1 for the edges of controls and the focus ring. */
const TEXT = 4.5;
const EDGE = 3;

type Pair = readonly [light: string, dark: string];

const css = readFileSync(join(import.meta.dirname, 'tokens.css'), 'utf8');
const tokens = new Map<string, Pair>();
for (const [, name, light, dark] of css.matchAll(
  /--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)/g,
)) {
  if (name && light && dark) tokens.set(name, [light, dark]);
}

function luminance(hex: string): number {
  const linear = [1, 3, 5].map((at) => {
    const value = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * (linear[0] ?? 0) + 0.7152 * (linear[1] ?? 0) + 0.0722 * (linear[2] ?? 0);
}

function contrast(a: string, b: string): number {
  const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return ((high ?? 0) + 0.05) / ((low ?? 0) + 0.05);
}

function token(name: string): Pair {
  const pair = tokens.get(name);
  if (!pair) throw new Error(`tokens.css has no colour --${name}`);
  return pair;
}

const surfaces = ['paper', 'paper-sunk', 'paper-raised', 'wash', 'wash-strong'];
const codeSurfaces = ['wash', 'paper-sunk'];
const codeVoices = [...tokens.keys()].filter((name) => name.startsWith('code'));

const pairs: [string, string, number][] = [
  ...surfaces.flatMap((surface): [string, string, number][] => [
    ['ink', surface, TEXT],
    ['ink-soft', surface, TEXT],
    ['ink-faint', surface, TEXT],
    ['accent', surface, TEXT],
    ['warn', surface, TEXT],
    ['danger', surface, TEXT],
  ]),
  ...['paper', 'paper-sunk', 'paper-raised', 'wash'].map((surface): [string, string, number] => [
    'line-strong',
    surface,
    EDGE,
  ]),
  ['on-accent', 'accent', TEXT],
  ['on-accent', 'accent-hover', TEXT],
  ['on-danger', 'danger', TEXT],
  ['on-danger', 'danger-hover', TEXT],
  ['accent', 'accent-wash', TEXT],
  ['ink', 'accent-wash', TEXT],
  ['ink-soft', 'accent-wash', TEXT],
  ['warn', 'warn-wash', TEXT],
  ['ink', 'warn-wash', TEXT],
  ['danger', 'danger-wash', TEXT],
  ['ink', 'danger-wash', TEXT],
  ...codeSurfaces.flatMap((surface) =>
    codeVoices.map((voice): [string, string, number] => [voice, surface, TEXT]),
  ),
];

describe('contrast', () => {
  it.each(pairs)('%s on %s is at least %f : 1 in both themes', (front, back, least) => {
    const [frontLight, frontDark] = token(front);
    const [backLight, backDark] = token(back);
    expect(contrast(frontLight, backLight), `${front} on ${back}, light`).toBeGreaterThanOrEqual(least);
    expect(contrast(frontDark, backDark), `${front} on ${back}, dark`).toBeGreaterThanOrEqual(least);
  });

  it('measures as WCAG does', () => {
    expect(contrast('#000000', '#ffffff')).toBeCloseTo(21, 5);
    expect(contrast('#777777', '#ffffff')).toBeCloseTo(4.48, 2);
  });
});
