// Who answers: the picker of a chat, the person's settings, and connecting a provider with a key
// that nobody can read again.
import { afterEach, expect, test } from 'vitest';
import { WORDS, type ParlorPage } from './support/parlor-page';
import { ScriptedProvider } from './support/provider';
import { stage } from './support/stage';

const KEY = 'sk-e2e-3f9c1d7a5b8e2046';
const parlor = stage({ guide: true });
const { provider, settings, firstRun, thread } = WORDS.en;

const opened: ScriptedProvider[] = [];
async function anotherProvider(): Promise<ScriptedProvider> {
  const made = await ScriptedProvider.start({ key: KEY, models: ['prose-1', 'verse-2'] });
  opened.push(made);
  return made;
}
afterEach(() => Promise.all(opened.splice(0).map((one) => one.stop())));

async function fillForm(page: ParlorPage, address: string, key: string, name: string): Promise<void> {
  const { page: tab } = page;
  await tab.getByRole('radio', { name: provider.preset.other }).click();
  await tab.getByLabel(provider.address, { exact: true }).fill(address);
  await tab.getByLabel(provider.name, { exact: true }).fill(name);
  await tab.getByLabel(provider.key, { exact: true }).fill(key);
  await tab.getByRole('button', { name: provider.testAndSave }).click();
}

/** Everything a script in the page could read, the field of the moment left out. */
function readable(page: ParlorPage): Promise<string> {
  return page.page.evaluate(async () => {
    const read = <T>(request: IDBRequest<T>) =>
      new Promise<T>((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error ?? new Error('IndexedDB failed'));
      });
    const parts = [document.documentElement.outerHTML, JSON.stringify(localStorage), JSON.stringify(sessionStorage), document.cookie];
    for (const field of document.querySelectorAll('input, textarea')) parts.push((field as HTMLInputElement).value);
    for (const { name } of await indexedDB.databases()) {
      const database = await read(indexedDB.open(name ?? ''));
      for (const store of database.objectStoreNames) {
        parts.push(JSON.stringify(await read(database.transaction(store).objectStore(store).getAll())));
      }
      database.close();
    }
    for (const name of await caches.keys()) parts.push(name);
    return parts.join('\n');
  });
}

test('a provider is connected in the settings; its key is used and never readable again', async () => {
  const other = await anotherProvider();
  const page = await parlor.guest();
  const heard: string[] = [];
  page.page.on('websocket', (socket) => socket.on('framereceived', ({ payload }) => heard.push(String(payload))));
  await page.page.reload();
  await page.online();
  await page.button(thread.connectModel).click();
  await page.button(settings.provider.add).click();

  await fillForm(page, other.address, 'sk-wrong', 'Scripted');
  await page.page.getByText(WORDS.en.reason.key_refused).waitFor();
  await fillForm(page, other.address, KEY, 'Scripted');
  await page.page.getByRole('button', { name: /^Scripted/ }).waitFor();
  await page.button(provider.testAndSave).waitFor({ state: 'detached' });
  expect(await readable(page), 'the page forgot the key at once').not.toContain(KEY);

  await page.page.keyboard.press('Escape');
  await page.converse('Do you answer now?');
  await page.says('You said: Do you answer now?');
  expect(other.questions.at(-1)?.headers.authorization).toBe(`Bearer ${KEY}`);

  await page.page.reload();
  await page.online();
  await page.page.keyboard.press('Control+,');
  await page.page.getByRole('tab', { name: settings.section.models }).click();
  await page.page.getByRole('button', { name: /^Scripted/ }).click();
  await page.button(settings.provider.replaceKey).waitFor();
  expect(await readable(page), 'nor after a reload').not.toContain(KEY);
  expect(heard.length, 'the ear was at the wire').toBeGreaterThan(3);
  expect(heard.filter((frame) => frame.includes(KEY)), 'no frame gave it back').toEqual([]);
  expect(parlor.server.log).not.toContain(KEY);
});

test('somebody new connects a key in the first question and gets an answer of the model', async () => {
  const other = await anotherProvider();
  const page = await parlor.visit(await parlor.person({ fresh: true }));
  await page.page.getByRole('dialog', { name: firstRun.question }).getByRole('button', { name: firstRun.apiKey }).click();
  await fillForm(page, other.address, KEY, 'First');
  await page.page.getByText('First is connected.').waitFor();
  await page.converse('Hello, model');
  await page.says('You said: Hello, model');
  expect(await page.page.content()).not.toContain(KEY);
});

test('the picker chooses the model of a chat, the settings that of all others', async () => {
  const other = await anotherProvider();
  const page = await parlor.guest();
  await page.page.keyboard.press('Control+,');
  await page.page.getByRole('tab', { name: settings.section.models }).click();
  await page.button(settings.provider.add).click();
  await fillForm(page, other.address, KEY, 'Pickable');
  await page.page.getByRole('button', { name: /^Pickable/ }).waitFor();
  await page.page.keyboard.press('Escape');

  const pick = async (name: string) => {
    await page.button(/^Model: /).click();
    await page.page.getByRole('option', { name: new RegExp(`^${name}`) }).click();
  };
  await pick('verse-2');
  await page.button('Model: verse-2').waitFor();
  await page.converse('In verse, please');
  expect(other.questions.at(-1)?.body.model).toBe('verse-2');
  await page.page.reload();
  await page.button('Model: verse-2').waitFor();
  await pick('prose-1');
  await page.converse('In prose, please');
  expect(other.questions.at(-1)?.body.model).toBe('prose-1');

  await page.page.keyboard.press('Control+,');
  await page.page.getByRole('tab', { name: settings.section.answers }).click();
  await page.page.getByRole('combobox', { name: settings.conversation.model }).click();
  await page.page.getByRole('option', { name: 'verse-2' }).click();
  await page.page.keyboard.press('Escape');
  await page.newChat();
  await page.converse('A new chat follows the settings');
  expect(other.questions.at(-1)?.body.model).toBe('verse-2');
});

test('a member may talk, but manages no providers', async () => {
  const page = await parlor.visit(await parlor.person({ role: 'member' }));
  await page.online();
  await page.page.keyboard.press('Control+,');
  await page.page.getByRole('tab', { name: settings.section.models }).click();
  await page.page.getByText(settings.provider.membersOnly).waitFor();
  await expect.poll(() => page.button(settings.provider.add).count()).toBe(0);
});
