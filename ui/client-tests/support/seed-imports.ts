// Where the imports of the seeds' examples lead: to the one-line files of `seeds/chat` and
// `seeds/events`, which are what somebody who moves to Parlor has instead of the seed's own files.
import { join } from 'node:path';
import type { Plugin } from 'vite';

export function seedImports(seeds = join(import.meta.dirname, '../seeds')): Plugin {
  return {
    name: 'seed-imports',
    enforce: 'pre',
    resolveId(id, importer) {
      if (importer?.includes('/seeds/extracted/') !== true) return null;
      if (id.startsWith('@/')) return this.resolve(join(seeds, 'events', id.slice(2)), importer);
      if (id === './components/WebSocketChat') return this.resolve(join(seeds, 'chat/components/WebSocketChat'), importer);
      if (id === '../hooks/useWebSocketChat') return this.resolve(join(seeds, 'chat/hooks/useWebSocketChat'), importer);
      if (id === 'openai' || id === 'ws') return join(seeds, `${id}.ts`);
      return null;
    },
  };
}
