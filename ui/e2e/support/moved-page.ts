// Builds the page of somebody who moved to Parlor, as their own tools would: the library from its
// package, the examples of both documents from their files, bundled by Vite.
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { installLibrary } from '../../client-tests/support/installed';
import { extractSeeds } from '../../client-tests/support/seed-examples';

const ui = join(import.meta.dirname, '../..');
const tests = join(ui, 'client-tests');

/** Leaves in `dist` of that folder what a server is to serve. */
export function buildMovedPage(project: string): void {
  installLibrary(project, ['react', 'react-dom', 'scheduler', 'vite'], { build: true });
  const seeds = join(project, 'seeds');
  mkdirSync(seeds, { recursive: true });
  cpSync(join(tests, 'page'), project, { recursive: true });
  for (const part of ['chat', 'events']) cpSync(join(tests, 'seeds', part), join(seeds, part), { recursive: true });
  extractSeeds(join(seeds, 'extracted'));
  const config = join(import.meta.dirname, 'moved-page.config.ts');
  const env = { ...process.env, NODE_ENV: 'production', MOVED_PROJECT: project };
  execFileSync(process.execPath, [join(ui, 'node_modules/vite/bin/vite.js'), 'build', '--config', config], { cwd: project, env, stdio: 'pipe' });
}
