// A bundle as a later version of the app would be: the same pages, and no file under its old name.
import { cpSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundle } from './parts';

const TEXT = /\.(js|css|html)$/;
export const MARK = 'next-';

export function laterBundle(folder: string): void {
  cpSync(bundle, folder, { recursive: true });
  const assets = join(folder, 'assets');
  const names = readdirSync(assets);
  const escaped = names.map((name) => name.replace(/[.+]/g, '\\$&'));
  const named = new RegExp(`(?<![\\w-])(${escaped.sort((a, b) => b.length - a.length).join('|')})(?![\\w-])`, 'g');
  const rewrite = (path: string) => writeFileSync(path, readFileSync(path, 'utf8').replace(named, `${MARK}$1`));
  for (const name of names) {
    if (TEXT.test(name)) rewrite(join(assets, name));
    renameSync(join(assets, name), join(assets, MARK + name));
  }
  for (const name of ['index.html', 'service-worker.js']) rewrite(join(folder, name));
  // Its content counts into the version, as the plugin has it.
  const worker = join(folder, 'service-worker.js');
  writeFileSync(worker, readFileSync(worker, 'utf8').replace('"version":"', '"version":"next'));
}
