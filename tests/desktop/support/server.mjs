// A real `parlor-server` elsewhere, with one account that has a password.

import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';

const root = resolve(import.meta.dirname, '../../..');
const binary = process.env.SERVER_BINARY ?? join(root, 'target/debug/parlor-server');

export const ACCOUNT = { name: 'alice', password: 'correct horse battery' };

/** Resolves to its address, a way to run its commands, and a way to end it; `settings` go into its environment. */
export async function startServer(settings = {}) {
  const directory = mkdtempSync(join(tmpdir(), 'parlor-remote-'));
  const options = { cwd: directory, env: { PATH: process.env.PATH, HOME: directory, ...settings } };
  const data = ['--data-dir', join(directory, 'data')];
  const command = (args, input = '') => execFileSync(binary, [...args, ...data], { ...options, input }).toString();
  command(['user', 'add', ACCOUNT.name, '--password-stdin'], `${ACCOUNT.password}\n`);
  const stdio = ['ignore', 'pipe', 'ignore'];
  const child = spawn(binary, ['serve', '--listen', '127.0.0.1:0', ...data], { ...options, stdio });
  const gone = new Promise((resolve) => child.once('exit', resolve));
  const address = await new Promise((resolve, reject) => {
    createInterface(child.stdout).once('line', (line) => resolve(line.replace('listening on ', '')));
    void gone.then((code) => reject(new Error(`parlor-server ended with ${code}`)));
  });
  const close = async () => {
    child.kill('SIGTERM');
    await gone;
    rmSync(directory, { recursive: true, force: true });
  };
  return { address, command, close };
}
