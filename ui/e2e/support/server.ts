// A real parlor-server as its own process: started, killed and started again as tests need it.
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { within } from './gate';
import { bundle, serverBinary } from './parts';
import type { ScriptedProvider } from './provider';
import { WireClient } from './wire-client';

const run = promisify(execFile);

export type Role = 'owner' | 'admin' | 'member';

export interface Account {
  name: string;
  token: string;
}

export class ParlorServer {
  readonly dataDir: string;
  readonly #environment: NodeJS.ProcessEnv;
  #process: ChildProcess | null = null;
  #port = 0;
  #log = '';
  #signInLink = '';

  private constructor(dataDir: string, environment: NodeJS.ProcessEnv) {
    this.dataDir = dataDir;
    this.#environment = environment;
  }

  /** Without a provider the guide answers. `settings` are the server's PARLOR_ variables. */
  static async start(provider: ScriptedProvider | null, settings: Record<string, string> = {}): Promise<ParlorServer> {
    const dataDir = await mkdtemp(join(tmpdir(), 'parlor-e2e-'));
    const environment: NodeJS.ProcessEnv = {
      PATH: process.env['PATH'],
      HOME: dataDir,
      PARLOR_UI_DIR: bundle,
      ...(provider !== null && { PARLOR_PROVIDER_BASE_URL: provider.address, PARLOR_PROVIDER_MODEL: provider.models[0] }),
      ...(provider?.key !== undefined && { PARLOR_PROVIDER_API_KEY: provider.key }),
      ...settings,
    };
    const server = new ParlorServer(dataDir, environment);
    await server.restart();
    return server;
  }

  get origin(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** Signs the owner in, once; every start makes a new one. */
  get signInLink(): string {
    return this.#signInLink;
  }

  get running(): boolean {
    return this.#process !== null;
  }

  /** What it logged so far. */
  get log(): string {
    return this.#log;
  }

  /** Starts it, on the same port and data as before. */
  async restart(): Promise<void> {
    const listen = `127.0.0.1:${this.#port}`;
    const child = spawn(serverBinary, ['--data-dir', this.dataDir, '--listen', listen, '--print-sign-in-link'], {
      cwd: this.dataDir,
      env: this.#environment,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#process = child;
    let out = '';
    const listening = new Promise<string>((resolve, reject) => {
      child.stdout.on('data', (piece: Buffer) => {
        out += piece.toString();
        const link = /^sign in at (\S+)\s/m.exec(out)?.[1];
        if (link !== undefined) resolve(link);
      });
      child.on('exit', (code) => reject(new Error(`the server ended with ${code}\n${this.#log}`)));
    });
    child.stderr.on('data', (piece: Buffer) => (this.#log += piece.toString()));
    listening.catch(() => undefined); // its later end is no error
    this.#signInLink = await within(listening, 'the server’s address');
    this.#port = Number(new URL(this.#signInLink).port);
  }

  /** As in a power cut. */
  kill(): Promise<void> {
    return this.#end('SIGKILL');
  }

  /** As by a service manager: it drains and says good-bye. */
  shutDown(): Promise<void> {
    return this.#end('SIGTERM');
  }

  async stop(): Promise<void> {
    await this.kill();
    await rm(this.dataDir, { recursive: true, force: true });
  }

  /** A new account, past the first-run question unless `fresh`. */
  async account(name: string, { role = 'admin', fresh = false }: { role?: Role; fresh?: boolean } = {}): Promise<Account> {
    await this.command('user', 'add', name, '--role', role);
    const token = (await this.command('token', name)).trim();
    if (!fresh) {
      const wire = await WireClient.connect(this.origin, token);
      await wire.ask('update_settings', { welcomed: true }, 'settings');
      wire.close();
    }
    return { name, token };
  }

  async password(name: string, password: string): Promise<void> {
    const child = this.#spawnCommand(['user', 'password', name]);
    child.stdin?.end(`${password}\n`);
    const code = await new Promise((resolve) => child.on('exit', resolve));
    if (code !== 0) throw new Error(`user password ended with ${String(code)}`);
  }

  /** One of the server's own commands on the same data. */
  async command(...words: string[]): Promise<string> {
    const { stdout } = await run(serverBinary, [...words, '--data-dir', this.dataDir], {
      cwd: this.dataDir,
      env: this.#environment,
    });
    return stdout;
  }

  #spawnCommand(words: string[]): ChildProcess {
    return spawn(serverBinary, [...words, '--data-dir', this.dataDir], { cwd: this.dataDir, env: this.#environment });
  }

  /** Waits until these words are in the database: then a power cut cannot take them. */
  async written(words: string): Promise<void> {
    const backup = join(this.dataDir, 'written.db');
    const deadline = Date.now() + 60_000;
    for (;;) {
      await rm(backup, { force: true });
      await this.command('backup', backup);
      if ((await readFile(backup)).includes(words)) return;
      if (Date.now() > deadline) throw new Error(`“${words}” did not reach the disk`);
    }
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#process;
    this.#process = null;
    if (child === null || child.exitCode !== null) return;
    const ended = new Promise((resolve) => child.on('exit', resolve));
    child.kill(signal);
    await within(ended, 'the end of the server');
  }
}
