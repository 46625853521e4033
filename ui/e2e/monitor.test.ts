// The monitor: live numbers of this window's own connection.
import { describe, expect, test } from 'vitest';
import { expectAccessible } from './support/accessibility';
import { WORDS, type ParlorPage } from './support/parlor-page';
import { PHONE, stage } from './support/stage';

const parlor = stage();
const { monitor, palette } = WORDS.en;

async function openMonitor(page: ParlorPage): Promise<void> {
  await page.page.keyboard.press('Control+k');
  await page.page.getByRole('dialog', { name: palette.title }).getByRole('combobox').fill('monitor');
  await page.page.keyboard.press('Enter');
  await page.page.getByRole('heading', { name: monitor.title }).waitFor();
}

const part = (page: ParlorPage, name: string) => page.page.getByRole('region', { name, exact: true });

test('it measures messages, answers, errors and a broken line while one looks on', async () => {
  const page = await parlor.guest();
  await page.online();
  await openMonitor(page);
  await part(page, monitor.messageLatency).getByText(monitor.nothingYet).waitFor();
  await page.converse('To be measured');
  for (const name of [monitor.messageLatency, monitor.timeToFirstToken, monitor.streamingDuration]) {
    await part(page, name).getByText(/half within .+ 1 in all/).waitFor();
  }
  await part(page, monitor.roundTrip).getByText(/half within/).waitFor();
  await part(page, monitor.received).getByText(/\d+ frames/).waitFor();
  parlor.provider.next('refused').refuse(401, 'no');
  await page.converse('To be refused');
  await part(page, monitor.errors).getByText('GENERATION_FAILED').or(part(page, monitor.errors).getByText('AUTH_FAILED')).waitFor();
  await parlor.server.kill();
  await page.ask('While it is away');
  await part(page, monitor.queue).getByText('1', { exact: true }).waitFor();
  await parlor.server.restart();
  await page.page.getByText(/1 reconnection\./).waitFor();
  await page.says('You said: While it is away');
  await part(page, monitor.queue).getByText('0', { exact: true }).waitFor();
  await page.button(monitor.close).click();
  await page.page.getByRole('heading', { name: monitor.title }).waitFor({ state: 'detached' });
});

describe.each(['light', 'dark'] as const)('in %s', (colorScheme) => {
  test('axe-core finds nothing, on a phone neither', async () => {
    for (const options of [{ colorScheme }, { colorScheme, ...PHONE }]) {
      const page = await parlor.guest(options);
      await page.converse('Something to draw');
      await openMonitor(page);
      await expect.poll(() => page.page.getByRole('img', { name: /plot of ([3-9]|\d\d+) values/ }).count()).toBeGreaterThan(0);
      await expectAccessible(page, 'the monitor');
    }
  });
});
