import { cleanup, fireEvent, render, waitFor } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import '@/i18n';
import { ATTACKS } from './corpus';
import { Markdown } from './markdown';

const opened = vi.hoisted(() => vi.fn(async (_url: string) => undefined));
vi.mock('@/platform', () => ({ host: { openExternal: opened } }));

beforeEach(() => opened.mockClear());
afterEach(cleanup);

/** KaTeX comes on demand; what it makes is to be seen, too. */
async function settled(container: Element, text: string): Promise<void> {
  if (/^\$/.test(text)) {
    await import('katex');
    await waitFor(() => expect(container.querySelector('.katex, .formula-source')).not.toBeNull());
  }
  await new Promise((resolve) => setTimeout(resolve, 0));
}

const ADDRESS = /^(https?:|mailto:|#)/;
const PICTURE = /^data:image\/(png|jpeg|gif|webp|avif|svg\+xml;charset=utf-8)/;

function assertHarmless(container: Element, source: string): void {
  const forbidden = 'script, iframe, object, embed, form, base, meta, link, style, svg:not(.lucide, .katex svg), foreignObject, video, audio';
  expect(container.querySelector(forbidden), `a forbidden element from ${source}`).toBeNull();
  for (const element of container.querySelectorAll('*')) {
    for (const { name, value } of element.attributes) {
      expect(name.startsWith('on'), `${name} from ${source}`).toBe(false);
      if (name === 'href' || name === 'xlink:href' || name === 'action' || name === 'formaction') {
        expect(value, `an address from ${source}`).toMatch(ADDRESS);
      }
      if (name === 'src' || name === 'srcset') expect(value, `a picture from ${source}`).toMatch(PICTURE);
      if (name === 'style') expect(value, `a style from ${source}`).not.toMatch(/url\(|expression\(|@import/i);
    }
  }
}

describe('what attackers write', () => {
  it.each(ATTACKS)('%j does nothing', async (source) => {
    const { container, unmount } = render(<Markdown text={source} />);
    await settled(container, source);
    assertHarmless(container, source);
    for (const link of container.querySelectorAll<HTMLElement>('a, button.image-chip')) fireEvent.click(link);
    for (const [url] of opened.mock.calls) expect(url).toMatch(/^(https?|mailto):/);
    unmount();
  });

  it.each(ATTACKS)('%j does nothing on its way in', async (source) => {
    const { container, rerender, unmount } = render(<Markdown text="" streaming />);
    for (let end = 1; end <= source.length; end += 1) {
      rerender(<Markdown text={source.slice(0, end)} streaming />);
      assertHarmless(container, source.slice(0, end));
    }
    rerender(<Markdown text={source} />);
    await settled(container, source);
    assertHarmless(container, source);
    unmount();
  }, 300_000);

  it('would see a script if there were one', () => {
    const trap = document.createElement('div');
    trap.innerHTML = '<a href="javascript:x"></a>';
    expect(() => assertHarmless(trap, 'trap')).toThrow();
  });
});
