// How the UI is bundled, served while it is written, and tested.
import { fileURLToPath } from 'node:url';
import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';
import { serviceWorker } from './service-worker/plugin';

// In development the page comes from Vite and everything else from a running `parlor-server`.
const server = process.env['PARLOR_SERVER'] ?? 'http://127.0.0.1:7777';

export default defineConfig({
  plugins: [react(), tailwindcss(), serviceWorker()],
  resolve: {
    alias: [
      { find: /^@parlor\/client$/, replacement: fileURLToPath(new URL('./src/client/index.ts', import.meta.url)) },
      { find: /^@parlor\/client\/react$/, replacement: fileURLToPath(new URL('./src/client-react/index.ts', import.meta.url)) },
      { find: '@', replacement: fileURLToPath(new URL('./src', import.meta.url)) },
    ],
  },
  build: { target: 'es2022', cssTarget: ['chrome123', 'safari17.5', 'firefox125'], chunkSizeWarningLimit: 700, modulePreload: { polyfill: false } },
  server: {
    host: '127.0.0.1',
    proxy: {
      '/ws': { target: server, ws: true, changeOrigin: true, rewriteWsOrigin: true },
      '/api': { target: server, changeOrigin: true },
    },
  },
  test: {
    environment: 'jsdom',
    include: ['src/**/*.test.{ts,tsx}', 'tests/**/*.test.{ts,tsx}'],
    setupFiles: ['tests/setup.ts'],
    // Patience, not pace: the machine that runs this may be busy with much else.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 30_000 } },
  },
});
