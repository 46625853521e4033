// Says what is missing before any test starts: a suite without its parts fails, it never skips.
import { existsSync } from 'node:fs';
import { serverBinary } from '../../e2e/support/parts';

export default function preflight(): void {
  const needed = [
    [serverBinary, 'the server: cargo build -p chat-server'],
    ['dist-lib/index.js', 'the library: npm run build:client in ui/'],
  ] as const;
  const missing = needed.filter(([path]) => !existsSync(path));
  if (missing.length > 0) throw new Error(missing.map(([path, how]) => `${path} is missing; ${how}`).join('\n'));
}
