// How the browser tests run: each file starts its own server, provider and Chromium.
import { defineConfig } from 'vitest/config';

export default defineConfig({
  root: `${import.meta.dirname}/..`,
  test: {
    environment: 'node',
    include: ['e2e/**/*.test.ts'],
    globalSetup: ['e2e/support/preflight.ts'],
    // A browser and a server keep a core busy; more files at once only slow one another down.
    maxWorkers: 2,
    // Patience, not pace: the machine that runs this may be busy with much else.
    testTimeout: 300_000,
    hookTimeout: 180_000,
    expect: { poll: { timeout: 60_000, interval: 30 } },
  },
});
