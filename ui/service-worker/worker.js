// Keeps the app's own files, so that it opens without a network and an old tab finds its own parts
// after the server was updated. It knows the files of exactly one bundle by name and keeps nothing
// else: no answer of /api, no chat, nothing that was asked for with a token.

/** @typedef {{ version: string, shell: string[], rest: string[] }} Bundle */

const scope = /** @type {ServiceWorkerGlobalScope} */ (/** @type {unknown} */ (self));

// plugin.ts writes the files of the bundle here.
const BUNDLE = /** @type {Bundle} */ (/** @type {unknown} */ ('the files of the bundle'));
const PREFIX = 'parlor-bundle-';
const CACHE = PREFIX + BUNDLE.version;
const OWN = new Set([...BUNDLE.shell, ...BUNDLE.rest]);
/** The page itself, under which every deep link opens. */
const PAGE = '/';
/** What is the server's and no page of the app. */
const OF_THE_SERVER = /^\/(api|ws|healthz|metrics)(\/|$)/;
/** The server is away, and a proxy before it says so. */
const AWAY = new Set([502, 503, 504]);

scope.addEventListener('install', (event) => event.waitUntil(keep([PAGE, ...BUNDLE.shell])));

scope.addEventListener('activate', (event) => event.waitUntil(begin()));

scope.addEventListener('message', (event) => {
  if (event.data === 'keep the rest') event.waitUntil(keep(BUNDLE.rest));
});

scope.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== 'GET' || url.origin !== scope.location.origin) return;
  if (request.mode === 'navigate') {
    if (!OF_THE_SERVER.test(url.pathname)) event.respondWith(page(request));
  } else if (OWN.has(url.pathname) && url.search === '') {
    event.respondWith(file(url.pathname));
  }
});

/** A bundle before this one has no tab left, or this worker would still wait. */
async function begin() {
  const names = await caches.keys();
  const older = names.filter((name) => name.startsWith(PREFIX) && name !== CACHE);
  await Promise.all(older.map((name) => caches.delete(name)));
  await scope.clients.claim();
}

/** @param {string[]} paths */
async function keep(paths) {
  const cache = await caches.open(CACHE);
  for (const path of paths) {
    if (await cache.match(path)) continue;
    const response = await load(path);
    if (!response.ok) throw new Error(`${path}: ${response.status}`);
    await cache.put(path, response);
  }
}

/** The newest page while there is a server, else the one kept. @param {Request} request */
async function page(request) {
  try {
    const response = await fetch(request);
    if (!AWAY.has(response.status)) return response;
    return (await kept(PAGE)) ?? response;
  } catch (error) {
    const found = await kept(PAGE);
    if (found === undefined) throw error;
    return found;
  }
}

/** A name under which the content never changes. @param {string} path */
async function file(path) {
  const found = await kept(path);
  if (found !== undefined) return found;
  const response = await load(path);
  if (response.ok) await (await caches.open(CACHE)).put(path, response.clone());
  return response;
}

/** Without cookies or headers of a page. @param {string} path */
function load(path) {
  return fetch(path, { cache: 'no-cache', credentials: 'omit' });
}

/** @param {string} path */
async function kept(path) {
  return (await caches.open(CACHE)).match(path);
}
