// A desk of its own for one app: a virtual display, a D-Bus session, a keyring or none, a home, and a
// browser that opens nothing. Nothing of the person's own session is touched, and everything ends
// with the desk.

import { execFile, spawn } from 'node:child_process';
import { createWriteStream, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { Driver } from './webdriver.mjs';

const run = promisify(execFile);
const root = resolve(import.meta.dirname, '../../..');
const application = process.env.PARLOR_BIN ?? join(root, 'target/debug/parlor');
const tauriDriver = process.env.TAURI_DRIVER ?? join(root, 'target/tools/bin/tauri-driver');
// The check of an installed app looks at its home afterwards.
const keptHome = process.env.DESK_HOME;

// A bus that starts no services: so there is no keyring either.
const BARE_BUS = `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
  "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>session</type><listen>unix:tmpdir=/tmp</listen>
<policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy>
</busconfig>`;

export class Desk {
  #processes = [];
  #environment;
  #driverPort;
  #launcher;
  #open = [];

  constructor(home) {
    this.home = home;
    this.log = join(home, 'log.txt');
  }

  /** Sets everything up; `keyring: false` leaves the Secret Service out. */
  static async lay({ keyring, environment = {} }) {
    const desk = new Desk(keptHome ?? mkdtempSync(join(tmpdir(), 'parlor-desk-')));
    try {
      await desk.#start(keyring, environment);
    } catch (error) {
      await desk.clear();
      throw error;
    }
    return desk;
  }

  /** Where the app keeps its data. */
  get dataDir() {
    return join(this.home, 'data/app.parlor.desktop');
  }

  /** Opens the app's window and hands over its driver. */
  async openApp() {
    const driver = await Driver.open(`http://127.0.0.1:${this.#driverPort}`, this.#launcher);
    this.#open.push(driver);
    return driver;
  }

  /** Closes the window and waits until the app has ended in order. */
  async closeApp(driver) {
    this.#open = this.#open.filter((other) => other !== driver);
    await driver.close();
  }

  /** A secret in the keyring, or null. */
  async lookup(service, name) {
    try {
      const found = await run('secret-tool', ['lookup', 'service', service, 'username', name], { env: this.#environment });
      return found.stdout;
    } catch {
      return null;
    }
  }

  /** Every file of the home directory (but for the keyring's own) that contains `text`. */
  filesWith(text) {
    const needle = Buffer.from(text);
    return entries(this.home)
      .filter((file) => file.isFile())
      .map((file) => join(file.parentPath ?? file.path, file.name))
      .filter((path) => !path.includes('/keyrings/'))
      .filter((path) => contains(path, needle));
  }

  /** The addresses that the app gave to the system's browser. */
  opened() {
    const path = join(this.home, 'opened');
    return existsSync(path) ? readFileSync(path, 'utf8').split('\n').slice(0, -1) : [];
  }

  /** What the app and its driver printed so far. */
  printed() {
    return readFileSync(this.log, 'utf8');
  }

  /** A picture of the whole virtual display. */
  async picture(path) {
    await run('import', ['-window', 'root', path], { env: this.#environment });
  }

  /** Ends all of it and removes the home directory. */
  async clear() {
    for (const driver of this.#open) await driver.close().catch(() => undefined);
    for (const child of this.#processes.reverse()) await end(child);
    // What ends last may still write there.
    if (keptHome === undefined) await rm(this.home, { recursive: true, force: true, maxRetries: 20, retryDelay: 200 });
  }

  async #start(keyring, extra) {
    for (const folder of ['data', 'config', 'cache', 'runtime']) {
      mkdirSync(join(this.home, folder), { mode: 0o700 });
    }
    // WebKitWebDriver swallows what the app prints, so the app is started by a line that keeps it.
    this.#launcher = join(this.home, 'launch');
    writeFileSync(this.#launcher, `#!/bin/sh\nexec '${application}' "$@" >>'${this.log}' 2>&1\n`, { mode: 0o755 });
    // A real browser would outlive the desk, and ask for whatever the app sends it to.
    mkdirSync(join(this.home, 'bin'));
    writeFileSync(join(this.home, 'bin/xdg-open'), `#!/bin/sh\necho "$1" >>'${join(this.home, 'opened')}'\n`, { mode: 0o755 });
    const display = await this.#display();
    const bus = join(this.home, 'bus.conf');
    if (!keyring) writeFileSync(bus, BARE_BUS);
    const [driverPort, nativePort] = await freePorts(2);
    this.#driverPort = driverPort;
    const environment = {
      PATH: `${join(this.home, 'bin')}:${process.env.PATH}`,
      LANG: 'C.UTF-8',
      LANGUAGE: 'en',
      DISPLAY: display,
      HOME: this.home,
      XDG_DATA_HOME: join(this.home, 'data'),
      XDG_CONFIG_HOME: join(this.home, 'config'),
      XDG_CACHE_HOME: join(this.home, 'cache'),
      XDG_RUNTIME_DIR: join(this.home, 'runtime'),
      GDK_BACKEND: 'x11',
      NO_AT_BRIDGE: '1',
      ...extra,
    };
    // The login keyring needs a password that is not empty, or it stays locked.
    const unlock = keyring
      ? 'printf secret | gnome-keyring-daemon --unlock --components=secrets >/dev/null && '
      : '';
    const script = `${unlock}printf '%s' "$DBUS_SESSION_BUS_ADDRESS" > "$HOME/bus.address" && exec "$@"`;
    const driver = [tauriDriver, '--port', `${driverPort}`, '--native-port', `${nativePort}`];
    const session = keyring ? [] : [`--config-file=${bus}`];
    this.#spawn('dbus-run-session', [...session, '--', 'bash', '-c', script, 'desk', ...driver], environment);
    await waitFor('tauri-driver', () => fetch(`http://127.0.0.1:${this.#driverPort}/status`));
    const address = readFileSync(join(this.home, 'bus.address'), 'utf8');
    this.#environment = { ...environment, DBUS_SESSION_BUS_ADDRESS: address };
  }

  /** Xvfb picks a free display itself and names it on its third descriptor. */
  async #display() {
    const child = this.#spawn(
      'Xvfb',
      ['-displayfd', '3', '-screen', '0', '1280x800x24', '-nolisten', 'tcp'],
      { PATH: process.env.PATH, HOME: this.home },
      ['ignore', 'ignore', 'ignore', 'pipe'],
    );
    const number = await new Promise((resolve, reject) => {
      child.stdio[3].once('data', (data) => resolve(String(data).trim()));
      child.once('exit', (code) => reject(new Error(`Xvfb ended with ${code}`)));
    });
    return `:${number}`;
  }

  #spawn(program, args, env, stdio = ['ignore', 'pipe', 'pipe']) {
    // A group of its own, so that ending it ends what it started.
    const child = spawn(program, args, { env, stdio, detached: true });
    if (stdio[1] === 'pipe') {
      const log = createWriteStream(this.log, { flags: 'a' });
      child.stdout.pipe(log, { end: false });
      child.stderr.pipe(log, { end: false });
    }
    this.#processes.push(child);
    return child;
  }
}

/** All files below; what goes away meanwhile is looked for again. */
function entries(folder) {
  for (;;) {
    try {
      return readdirSync(folder, { recursive: true, withFileTypes: true });
    } catch (error) {
      if (error.code !== 'ENOENT') throw error; // the web view's folders come and go
    }
  }
}

function contains(path, needle) {
  try {
    return readFileSync(path).includes(needle);
  } catch (error) {
    if (error.code === 'ENOENT') return false; // the web view's databases come and go
    throw error;
  }
}

async function end(child) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  for (const signal of ['SIGTERM', 'SIGKILL']) {
    try {
      process.kill(-child.pid, signal);
    } catch {
      return;
    }
    const late = new Promise((resolve) => setTimeout(() => resolve('late'), 5000).unref());
    if ((await Promise.race([gone, late])) !== 'late') return;
  }
}

/** So many ports, no two alike. */
async function freePorts(count) {
  const servers = Array.from({ length: count }, () => createServer());
  for (const server of servers) await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const ports = servers.map((server) => server.address().port);
  for (const server of servers) await new Promise((resolve) => server.close(resolve));
  return ports;
}

async function waitFor(what, ask) {
  const deadline = Date.now() + 120_000;
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (Date.now() > deadline) throw new Error(`${what} does not answer: ${error.message}`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}
