// The system's browser of these tests: what `xdg-open` starts. It keeps cookies, goes where it is sent
// until there is a page, and writes down what it saw, a line of JSON a visit.
//
// `node browser.mjs FOLDER ADDRESS`; where FOLDER/stays is, its person leaves the first page open.

import { appendFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';

const [folder, first] = process.argv.slice(2);
const seen = [];
const cookies = new Map();
let address = first;
let page = { status: 0, text: '' };
while (address !== null && seen.length < 10) {
  seen.push(address);
  if (existsSync(join(folder, 'stays'))) break;
  const { origin } = new URL(address);
  const jar = cookies.get(origin) ?? [];
  const response = await fetch(address, {
    redirect: 'manual',
    headers: { cookie: jar.join('; '), 'accept-language': 'fr-FR, fr;q=0.9, en;q=0.5' },
  });
  const kept = response.headers.getSetCookie().map((cookie) => cookie.split(';')[0]);
  cookies.set(origin, [...jar, ...kept]);
  page = { status: response.status, text: await response.text() };
  const on = response.headers.get('location');
  address = on === null ? null : new URL(on, address).href;
}
appendFileSync(join(folder, 'visits'), `${JSON.stringify({ seen, page, cookies: [...cookies.values()].flat() })}\n`);
