import { cleanup, render, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import '@/i18n';
import { i18next } from '@/i18n';
import { BlockReader } from './blocks';
import { DOCUMENT, FOOTNOTES } from './corpus';
import { prepare } from './highlight';
import { Markdown } from './markdown';
import * as hast from './to-hast';

const opened = vi.hoisted(() => vi.fn(async (_url: string) => undefined));
vi.mock('@/platform', () => ({ host: { openExternal: opened } }));

/** Ids differ from one rendered text to the next; nothing else may. */
const html = (root: Element) => root.innerHTML.replace(/_r_\w+_|«\w+»|:r\w+:/g, 'ID');

async function stored(text: string): Promise<string> {
  const { container, unmount } = render(<Markdown text={text} />);
  await settled(container, text);
  const result = html(container);
  unmount();
  return result;
}

/** KaTeX and the grammars come later; the tests wait for them. */
async function settled(container: Element, text: string): Promise<void> {
  if (/\$|\\[([]/.test(text)) {
    await waitFor(() => expect(container.querySelector('.katex, .formula-source')).not.toBeNull());
  }
  await new Promise((resolve) => setTimeout(resolve, 0));
}

beforeAll(async () => {
  await i18next.changeLanguage('en');
  await prepare('rust');
  await prepare('html');
  await Promise.all([import('katex'), import('katex/dist/katex.min.css')]);
  // Once through, so that what is loaded on demand is there for all tests alike.
  const { container, unmount } = render(<Markdown text={'$x$\n\n$$y$$'} />);
  await waitFor(() => expect(container.querySelectorAll('.katex')).toHaveLength(2));
  unmount();
});

beforeEach(() => opened.mockClear());
afterEach(cleanup);

describe('the same elements, streamed or stored', () => {
  // The diagram's drawing is asynchronous and has its own test in a browser.
  const text = DOCUMENT.replace('```mermaid', '```dot');

  // Every split inside three neighbouring blocks; `blocks.test.ts` holds the reader to every prefix
  // of the whole document.
  const blocks = new BlockReader().read(text).map((block) => block.source);
  const windows = blocks.flatMap((_, at) => (at % 2 === 0 ? [blocks.slice(at, at + 3).join('')] : []));

  it.each(windows)('at every split into two chunks of %j', async (part) => {
    const expected = await stored(part);
    for (let at = 1; at < part.length; at += 1) {
      const { container, rerender, unmount } = render(<Markdown text={part.slice(0, at)} streaming />);
      rerender(<Markdown text={part} />);
      if (html(container) !== expected) await settled(container, part);
      expect(html(container), `split after ${at}: …${part.slice(Math.max(0, at - 12), at)}|`).toBe(expected);
      unmount();
    }
  }, 300_000);

  it.each([1, 7, 24])('in chunks of %i', async (size) => {
    const expected = await stored(text);
    const { container, rerender } = render(<Markdown text="" streaming />);
    for (let end = size; end < text.length; end += size) rerender(<Markdown text={text.slice(0, end)} streaming />);
    rerender(<Markdown text={text} streaming />);
    rerender(<Markdown text={text} />);
    if (html(container) !== expected) await settled(container, text);
    expect(html(container)).toBe(expected);
  }, 300_000);

  it('for footnotes', async () => {
    const expected = await stored(FOOTNOTES);
    for (let at = 1; at < FOOTNOTES.length; at += 1) {
      const { container, rerender, unmount } = render(<Markdown text={FOOTNOTES.slice(0, at)} streaming />);
      rerender(<Markdown text={FOOTNOTES} />);
      expect(html(container)).toBe(expected);
      unmount();
    }
  });

  it('keeps the elements of finished blocks while more arrives', () => {
    const { container, rerender } = render(<Markdown text={'one\n\ntwo'} streaming />);
    const first = container.querySelector('p');
    rerender(<Markdown text={'one\n\ntwo\n\nthree'} streaming />);
    rerender(<Markdown text={'one\n\ntwo\n\nthree'} />);
    expect(container.querySelector('p')).toBe(first);
  });
});

describe('what readers see', () => {
  it('opens links through the platform and nowhere else', async () => {
    render(<Markdown text="[the manual](https://example.org/a)" />);
    await userEvent.click(screen.getByRole('link', { name: 'the manual' }));
    expect(opened).toHaveBeenCalledWith('https://example.org/a');
  });

  it('names the host of a remote image and loads nothing', async () => {
    const { container } = render(<Markdown text="![cat](https://tracker.example/p.png)" />);
    expect(container.querySelector('img')).toBeNull();
    await userEvent.click(screen.getByRole('button', { name: /tracker\.example/ }));
    expect(opened).toHaveBeenCalledWith('https://tracker.example/p.png');
  });

  it('leaves money alone', () => {
    const { container } = render(<Markdown text="It costs $5 and then $6, or $7." />);
    expect(container.textContent).toBe('It costs $5 and then $6, or $7.');
    expect(container.querySelector('.formula, .formula-source')).toBeNull();
  });

  it('shows a wrong formula as it was written', () => {
    const { container } = render(<Markdown text={'$\\frac{1$'} />);
    expect(container.querySelector('.formula-source')?.textContent).toBe('\\frac{1');
  });

  it('colours code line by line', async () => {
    const { container } = render(<Markdown text={'```rust\nlet a = 1;\n```'} />);
    await waitFor(() => expect(container.querySelector('.code-line span[style]')).not.toBeNull());
    expect(container.querySelector('code')?.textContent).toBe('let a = 1;');
  });

  it('resolves a link whose definition comes last', () => {
    render(<Markdown text={'See [it][x].\n\nMore.\n\n[x]: https://example.org/'} />);
    expect(screen.getByRole('link', { name: 'it' }).getAttribute('href')).toBe('https://example.org/');
  });

  it('opens an address without a scheme by TLS', () => {
    render(<Markdown text="See www.example.org." />);
    expect(screen.getByRole('link', { name: 'www.example.org' }).getAttribute('href')).toBe('https://www.example.org/');
  });

  it('shows the address of a link without TLS instead of opening it', () => {
    render(<Markdown text={'See [the page](http://example.org/a) or http://example.org/b.'} />);
    expect(screen.queryByRole('link')).toBeNull();
    expect(document.body.textContent).toBe('See the page (http://example.org/a) or http://example.org/b.');
  });

  it('shows the source of a block that cannot be rendered, and the rest', () => {
    const silence = vi.spyOn(console, 'error').mockImplementation(() => undefined);
    const real = hast.elementsOf;
    const boom = vi.spyOn(hast, 'elementsOf').mockImplementation((root, ...rest) => {
      if (JSON.stringify(root).includes('one')) throw new Error('a bug');
      return real(root, ...rest);
    });
    const { container } = render(<Markdown text={'*one*\n\n*two*'} />);
    expect(container.querySelector('p.raw')?.textContent).toContain('*one*');
    expect(container.querySelector('em')?.textContent).toBe('two');
    boom.mockRestore();
    silence.mockRestore();
  });
});
