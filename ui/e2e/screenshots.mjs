// npm run screenshots: the README's pictures, from the real app. This door only lets plain Node
// run the TypeScript behind it.
import { runnerImport } from 'vite';

const { module } = await runnerImport(new URL('./support/screenshots.ts', import.meta.url).pathname);
await module.takeScreenshots();
