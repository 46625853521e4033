// Writes the types of `@parlor/client` beside its build. Node's own resolution wants a file's
// whole name, so relative imports get one.
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

const here = import.meta.dirname;
const types = join(here, 'dist-lib/types');
execFileSync(process.execPath, [join(here, 'node_modules/typescript/bin/tsc'), '--project', 'tsconfig.client.json'], {
  cwd: here,
  stdio: 'inherit',
});

for (const name of readdirSync(types, { recursive: true, encoding: 'utf8' })) {
  const file = join(types, name);
  if (!file.endsWith('.d.ts') || !statSync(file).isFile()) continue;
  const text = readFileSync(file, 'utf8');
  const whole = text.replace(/((?:from|import)\s*\(?\s*['"])(\.{1,2}(?:\/[^'"]+)?)(['"])/g, (_, before, path, after) => {
    const target = resolve(dirname(file), path);
    const isFolder = statSync(target, { throwIfNoEntry: false })?.isDirectory() === true;
    return `${before}${path}${isFolder ? '/index.js' : '.js'}${after}`;
  });
  if (whole !== text) writeFileSync(file, whole);
}
