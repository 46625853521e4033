// Writes the service worker into the bundle, with the names of the files that it may keep.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Plugin } from 'vite';

const WORKER = new URL('./worker.js', import.meta.url);
const PLACE = "'the files of the bundle'";

interface Chunk {
  fileName: string;
  type: 'chunk' | 'asset';
  moduleIds?: string[];
  imports?: string[];
}

/** The app's own parts, which it must have at hand, and what they cannot do without. */
function shellOf(chunks: readonly Chunk[]): Set<string> {
  const byName = new Map(chunks.map((chunk) => [chunk.fileName, chunk]));
  const shell = new Set<string>();
  const add = (name: string): void => {
    if (shell.has(name)) return;
    shell.add(name);
    byName.get(name)?.imports?.forEach(add);
  };
  const isOurs = (id: string) => !id.includes('/node_modules/') && !id.startsWith('\0');
  for (const chunk of chunks) {
    const ours = chunk.type === 'chunk' ? chunk.moduleIds?.some(isOurs) : chunk.fileName.endsWith('.css');
    if (ours === true) add(chunk.fileName);
  }
  return shell;
}

export function serviceWorker(): Plugin {
  return {
    name: 'parlor-service-worker',
    apply: 'build',
    generateBundle(_options, bundle) {
      const chunks = Object.values(bundle) as Chunk[];
      // Only names with a hash of their content in them: what is under them never changes.
      const hashed = chunks.filter(({ fileName }) => fileName.startsWith('assets/'));
      const shell = shellOf(hashed);
      const path = ({ fileName }: Chunk) => `/${fileName}`;
      const files = {
        shell: hashed.filter(({ fileName }) => shell.has(fileName)).map(path).sort(),
        rest: hashed.filter(({ fileName }) => !shell.has(fileName)).map(path).sort(),
      };
      const worker = readFileSync(WORKER, 'utf8');
      const version = createHash('sha256').update(worker).update(JSON.stringify(files)).digest('hex').slice(0, 16);
      const source = worker.replace(PLACE, JSON.stringify({ version, ...files }));
      if (source === worker) throw new Error(`${WORKER.pathname} has no ${PLACE}`);
      this.emitFile({ type: 'asset', fileName: 'service-worker.js', source });
    },
  };
}
