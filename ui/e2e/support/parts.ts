// Where the real parts are: the server's binary, the UI's bundle and the browser.
import { resolve } from 'node:path';

const root = `${resolve(import.meta.dirname, '../../..')}/`;

export const serverBinary = process.env['PARLOR_SERVER_BIN'] ?? `${root}target/debug/parlor-server`;
export const chromium = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
export const bundle = process.env['PARLOR_UI_DIR'] ?? `${root}ui/dist`;
/** Pictures of the page at the moment a test failed. */
export const pictures = `${root}target/test-logs/browser`;
