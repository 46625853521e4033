import { describe, expect, it } from 'vitest';
import { imageSource, plainAddress, safeLink } from './safe-url';

describe('safeLink', () => {
  it.each(['https://example.org/a?b=1#c', 'mailto:a@example.org'])('opens %s', (url) => {
    expect(safeLink(url)).toBe(url);
  });

  it.each([
    'http://192.168.1.2:3000/',
    'javascript:alert(1)',
    ' javascript:alert(1)',
    'java\nscript:alert(1)',
    '\u200bhttps://example.org',
    'data:text/html,x',
    'file:///etc/passwd',
    'tauri://localhost',
    'ftp://example.org',
    '//example.org',
    '/api',
    'https://',
    'https://bank.example@evil.example/',
    'https://user:pass@example.org/',
    undefined,
  ])('refuses %j', (url) => {
    expect(safeLink(url)).toBeNull();
  });
});

describe('plainAddress', () => {
  it('is that of a link without TLS, and of no other', () => {
    expect(plainAddress('http://192.168.1.2:3000/')).toBe('http://192.168.1.2:3000/');
    for (const url of ['https://example.org/', 'javascript:alert(1)', 'http://', undefined]) {
      expect(plainAddress(url), String(url)).toBeNull();
    }
  });
});

describe('imageSource', () => {
  it('shows raster images inside the text', () => {
    expect(imageSource('data:image/png;base64,iVBORw0KGgo=').kind).toBe('inline');
  });
  it.each(['data:image/svg+xml;base64,PHN2Zy8+', 'data:image/png,<svg>', 'data:image/png;base64,"onerror=', 'x.png'])(
    'refuses %s',
    (src) => {
      expect(imageSource(src).kind).toBe('refused');
    },
  );
  it('names the host of a remote one', () => {
    expect(imageSource('https://tracker.example:8443/p.png?x')).toMatchObject({ kind: 'remote', host: 'tracker.example:8443' });
  });
});
