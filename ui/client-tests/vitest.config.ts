// How the library's tests run: in Node, on the built files, against real servers over real sockets.
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { extractSeeds } from './support/seed-examples';
import { seedImports } from './support/seed-imports';

const built = (name: string) => fileURLToPath(new URL(`../dist-lib/${name}.js`, import.meta.url));

extractSeeds();

export default defineConfig({
  root: `${import.meta.dirname}/..`,
  plugins: [seedImports()],
  resolve: {
    alias: [
      { find: /^@parlor\/client$/, replacement: built('index') },
      { find: /^@parlor\/client\/react$/, replacement: built('react') },
      { find: /^@parlor\/client\/node$/, replacement: built('node') },
    ],
  },
  test: {
    environment: 'node',
    include: ['client-tests/**/*.test.{ts,tsx}'],
    exclude: ['client-tests/seeds/**'],
    globalSetup: ['client-tests/support/preflight.ts'],
    setupFiles: ['client-tests/support/setup.ts'],
    maxWorkers: 2,
    execArgv: ['--expose-gc'],
    // Patience, not pace: the machine that runs this may be busy with much else.
    testTimeout: 240_000,
    hookTimeout: 240_000,
    expect: { poll: { timeout: 60_000, interval: 10 } },
  },
});
