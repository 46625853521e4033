// How `@parlor/client` is built: one file per entry. The other entries import the first by its
// name, so that a page has one connection whichever way it reaches it.
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

// Also where a test builds it: its JSX must not be that of React's development.
process.env['NODE_ENV'] = 'production';

const source = (path: string) => fileURLToPath(new URL(`./src/${path}/index.ts`, import.meta.url));

export default defineConfig({
  publicDir: false,
  build: {
    outDir: 'dist-lib',
    target: 'es2022',
    sourcemap: true,
    minify: false,
    lib: {
      entry: { index: source('client'), react: source('client-react'), node: source('client-node') },
      formats: ['es'],
    },
    rolldownOptions: { external: ['@parlor/client', /^react(\/|$)/, /^node:/] },
  },
});
