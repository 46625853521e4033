// Photographs every screen of the gallery under the real CSP and runs axe-core on each.
// node dev/pictures.mjs OUT_DIR [part of a name]; ends with 1 where axe or the CSP finds something.

import { createServer } from 'node:http';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import axe from 'axe-core';
import { chromium } from 'playwright-core';
import { build } from 'vite';

const [out = '/tmp/pictures', wanted = ''] = process.argv.slice(2);
const dist = join(out, 'dist');
mkdirSync(out, { recursive: true });
if (!process.env.NO_BUILD) {
  await build({ root: join(import.meta.dirname, '..'), logLevel: 'warn', build: { outDir: dist, emptyOutDir: true, rollupOptions: { input: join(import.meta.dirname, 'gallery.html') } } });
}

const CSP =
  "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self' ws://127.0.0.1:*; object-src 'none'; frame-src 'none'; base-uri 'none'; form-action 'none'";
const TYPES = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.woff2': 'font/woff2', '.svg': 'image/svg+xml', '.json': 'application/json' };
const server = createServer((request, response) => {
  const path = new URL(request.url, 'http://x').pathname;
  if (path === '/api/server') return response.end('{"name":"Parlor","version":"0.1.0","host":"laptop"}');
  const file = join(dist, path);
  if (!existsSync(file)) return response.writeHead(404).end();
  response.writeHead(200, { 'content-type': TYPES[extname(file)] ?? 'application/octet-stream', 'content-security-policy': CSP });
  return response.end(readFileSync(file));
});
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const base = `http://127.0.0.1:${server.address().port}/dev/gallery.html`;

const press = (name) => async (page) => page.getByRole('button', { name }).first().click();
const SHOTS = [
  ['first-run', 'screen=first-run'],
  ['first-run-key', 'screen=first-run', press(/API/)],
  ['first-run-nokeyring', 'screen=first-run&keyring=no', press(/API/)],
  ['first-run-local', 'screen=first-run', press(/компьютере|computer|ordinateur/)],
  ['first-run-none', 'screen=first-run&found=no', press(/компьютере|computer|ordinateur/)],
  ['first-run-team', 'screen=first-run', press(/команды|team|équipe/)],
  ['sign-in', 'screen=sign-in&at=browser'],
  ['settings-models', 'screen=settings&page=models', press(/OpenAI/)],
  ['settings-answers', 'screen=settings&page=answers'],
  ['settings-general', 'screen=settings&page=general'],
  ['settings-servers', 'screen=settings&page=servers'],
  ['settings-sharing', 'screen=settings&page=sharing'],
  ['settings-about', 'screen=settings&page=about'],
  ['palette', 'screen=palette'],
  ['shortcuts', 'screen=shortcuts'],
  ['markdown', 'screen=markdown'],
  ['markdown-streaming', 'screen=markdown&streaming=1'],
];
const SIZES = { wide: { width: 1280, height: 800 }, phone: { width: 390, height: 844 } };
const LOOKS = (process.env.LOOKS ?? 'light-en,dark-ru,light-fr').split(',').map((look) => look.split('-'));

const browser = await chromium.launch({
  executablePath: '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
});
let troubles = 0;
const trouble = (text) => {
  troubles += 1;
  console.log(text);
};
for (const [size, viewport] of Object.entries(SIZES)) {
  for (const [theme, lang] of LOOKS) {
    for (const [name, query, act] of SHOTS) {
      const shot = `${name}-${size}-${theme}-${lang}`;
      if (!shot.includes(wanted)) continue;
      const page = await browser.newPage({ viewport, reducedMotion: 'reduce' });
      page.on('console', (message) => {
        if (/Content Security|Refused/i.test(message.text())) trouble(`${shot}: ${message.text().slice(0, 200)}`);
      });
      page.on('pageerror', (error) => trouble(`${shot}: ${error}`));
      page.on('request', (request) => {
        if (!request.url().startsWith('http://127.0.0.1') && !request.url().startsWith('data:')) trouble(`${shot}: asked for ${request.url()}`);
      });
      await page.goto(`${base}?${query}&theme=${theme}&lang=${lang}`);
      await page.waitForLoadState('networkidle');
      if (act) await act(page).catch((error) => trouble(`${shot}: ${error.message.slice(0, 200)}`));
      await page.waitForTimeout(name.startsWith('markdown') ? 1500 : 250);
      await page.screenshot({ path: join(out, `${shot}.png`), fullPage: name.startsWith('markdown') });
      const wide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
      if (wide) trouble(`${shot}: scrolls sideways`);
      await page.evaluate(axe.source);
      const { violations } = await page.evaluate(() => window.axe.run({ rules: { region: { enabled: false } } }));
      for (const one of violations) trouble(`${shot}: axe ${one.id} ${one.nodes.map((node) => node.html.slice(0, 120)).slice(0, 2).join(' | ')}`);
      await page.close();
    }
  }
}
await browser.close();
server.close();
console.log(troubles === 0 ? 'nothing found' : `${troubles} found`);
process.exitCode = troubles === 0 ? 0 : 1;
