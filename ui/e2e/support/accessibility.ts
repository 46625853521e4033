// Asks axe-core whether everybody can use what is on the screen.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Locator } from 'playwright-core';
import { expect } from 'vitest';
import type { ParlorPage } from './parlor-page';

const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const RULES = ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'];

/** Fails with one line per rule and place. `part` alone is judged where it hides the rest, as an open menu does. */
export async function expectAccessible({ page }: ParlorPage, screen: string, part: Locator = page.locator('html')): Promise<void> {
  await page.evaluate(source);
  const results = await part.evaluate(
    (element, tags) =>
      (window as unknown as { axe: { run(within: Element, options: object): Promise<AxeResults> } }).axe.run(element, { runOnly: { type: 'tag', values: tags } }),
    RULES,
  );
  const found = results.violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${screen}: ${id} (${help}) at ${target.join(' ')}: ${failureSummary?.replace(/\s+/g, ' ') ?? ''}`),
  );
  expect.soft(found, screen).toEqual([]);
}
