// The UI's files straight from the disk, while no server is there to send them.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { bundle } from './parts';

export async function servedFromDisk(page: Page, origin: string): Promise<void> {
  // A page from no network address may not reach a local one without this, in Chromium.
  await page.context().grantPermissions(['local-network-access'], { origin });
  await page.route(`${origin}/**`, async (route) => {
    const { pathname } = new URL(route.request().url());
    if (pathname.startsWith('/api/')) return route.abort('connectionrefused');
    const file = join(bundle, pathname);
    const path = pathname !== '/' && existsSync(file) ? file : join(bundle, 'index.html');
    return route.fulfill({ path });
  });
}
