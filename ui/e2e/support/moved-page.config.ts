// The build of the page in `moved-page.ts`. MOVED_PROJECT is its folder.
import { defineConfig } from 'vite';
import { seedImports } from '../../client-tests/support/seed-imports';

const project = process.env['MOVED_PROJECT'] ?? '';

export default defineConfig({
  root: project,
  logLevel: 'warn',
  plugins: [
    seedImports(`${project}/seeds`),
    {
      name: 'who-is-signed-in',
      enforce: 'pre',
      // The document's words: "get the token after signing in".
      transform: (code, id) => (id.includes('/seeds/extracted/chat/') ? code.replace("'your-jwt-token'", 'window.moved.token') : null),
    },
  ],
  // As a page's own build knows its environment.
  define: { 'process.env.NEXT_PUBLIC_WS_URL': 'window.moved.eventsUrl' },
  build: { outDir: 'dist', target: 'es2022' },
});
