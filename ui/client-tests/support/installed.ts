// The library as its users have it: packed as it is published, and unpacked into a project.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';

const ui = join(import.meta.dirname, '../..');

/** Installs it beside what its user has already (`peers`). With `build` it is built first, as when it is published. */
export function installLibrary(project: string, peers: readonly string[], { build = false } = {}): string {
  const installed = join(project, 'node_modules/@parlor/client');
  const how = build ? [] : ['--ignore-scripts'];
  const words = ['pack', ...how, '--json', '--pack-destination', project];
  const packed = execFileSync('npm', words, { cwd: ui, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  // What a build prints stands before the list.
  const [{ filename }] = JSON.parse(packed.slice(packed.lastIndexOf('\n[') + 1)) as [{ filename: string }];
  mkdirSync(installed, { recursive: true });
  execFileSync('tar', ['-xzf', join(project, filename), '--strip-components=1', '-C', installed]);
  for (const name of peers) {
    const target = join(ui, 'node_modules', name);
    if (!existsSync(target)) continue;
    mkdirSync(join(project, 'node_modules', name, '..'), { recursive: true });
    symlinkSync(target, join(project, 'node_modules', name));
  }
  return installed;
}
