// Says what is missing before any test starts: a suite without its parts fails, it never skips.
import { existsSync, rmSync } from 'node:fs';
import { bundle, chromium, pictures, serverBinary } from './parts';

export default function preflight(): void {
  const needed = [
    [serverBinary, 'the server: cargo build -p chat-server'],
    [`${bundle}/index.html`, 'the UI: npm run build in ui/'],
    [chromium, 'Chromium: set CHROMIUM to its path'],
  ] as const;
  const missing = needed.filter(([path]) => !existsSync(path));
  if (missing.length > 0) {
    throw new Error(missing.map(([path, how]) => `${path} is missing; ${how}`).join('\n'));
  }
  rmSync(pictures, { recursive: true, force: true });
}
