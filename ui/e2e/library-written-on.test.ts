// Somebody writes on while an answer is still being written, and looks at it through the published
// library's ready component: every turn stands where it belongs, at every moment.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildMovedPage } from './support/moved-page';
import { stage } from './support/stage';
import { WireClient } from './support/wire-client';

const project = mkdtempSync(join(tmpdir(), 'parlor-written-on-'));
beforeAll(() => buildMovedPage(project), 240_000);
const parlor = stage({ settings: { PARLOR_UI_DIR: join(project, 'dist'), PARLOR_CHAT_AUTO_TITLE: 'false' } });
afterAll(() => rmSync(project, { recursive: true, force: true }));

const APP = 'chat/app.tsx#App';

test('what is written on stays below the answer being written, from here and from elsewhere', async () => {
  const { token } = await parlor.person();
  const { page } = await parlor.visit(null, null);
  const chatUrl = `${parlor.server.origin.replace('http', 'ws')}/ws/chat`;
  await page.addInitScript((own) => Object.assign(window, { moved: own }), { token, show: [APP], chatUrl });
  const first = parlor.provider.next('amber').say('It is basalt');
  const second = parlor.provider.next('cobalt').say('That is dolomite');
  const third = parlor.provider.next('emerald').say('This is feldspar');
  await page.goto(parlor.server.origin);
  const log = page.getByRole('log');
  const field = page.getByRole('textbox');
  /** The first line of every turn, from top to bottom: what is below it says how it was sent. */
  const stand = (turns: string[], when: string) =>
    expect.poll(async () => (await log.getByRole('article').allInnerTexts()).map((text) => text.split('\n')[0]), { message: when }).toEqual(turns);

  await page.getByText('Connected', { exact: true }).waitFor();
  await field.fill('What is amber?');
  await field.press('Enter');
  await stand(['What is amber?', 'It is basalt'], 'while it is written');
  await field.fill('And emerald?');
  await field.press('Enter');
  await stand(['What is amber?', 'It is basalt', 'And emerald?'], 'with what waits here');

  const wire = await WireClient.connect(parlor.server.origin, token);
  const { chats } = await wire.ask('watch_chats', {}, 'chats');
  const { chatId } = (chats as { chatId: string }[])[0] as { chatId: string };
  await wire.ask('message', { chatId, message: 'And cobalt?', clientId: 'c-elsewhere' }, 'user_message');
  wire.close();
  await stand(['What is amber?', 'It is basalt', 'And cobalt?', 'And emerald?'], 'with what was said elsewhere');

  first.end();
  await second.asked;
  await stand(['What is amber?', 'It is basalt', 'And cobalt?', 'That is dolomite', 'And emerald?'], 'while the second is written');
  second.end();
  await third.asked;
  third.end();
  const end = ['What is amber?', 'It is basalt', 'And cobalt?', 'That is dolomite', 'And emerald?', 'This is feldspar'];
  await stand(end, 'at the end');
  await expect.poll(() => log.locator('[aria-busy=true]').count(), { message: 'nothing is being written' }).toBe(0);
});
