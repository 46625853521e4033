// What people do who were not told how: no text at all, files, wrong addresses, every script.
// Each time it is said what is wrong, and nothing they wrote is lost.
import { expect, test } from 'vitest';
import { WORDS } from './support/parlor-page';
import { PHONE, stage } from './support/stage';

const parlor = stage();
const { composer, provider, reason, settings, toast } = WORDS.en;

test('nothing, and only spaces, are not sent', async () => {
  const page = await parlor.guest();
  await page.online();
  for (const text of ['', '   \n\t  ']) {
    await page.composer.fill(text);
    await page.composer.press('Enter');
    await expect.poll(() => page.button(composer.send).isDisabled()).toBe(true);
  }
  // A message that does go comes first: nothing went before it.
  await page.converse('The first one');
  await expect.poll(() => page.questions.count()).toBe(1);
  await expect.poll(() => page.titles).toEqual(['The first one']);
});

test('what is longer than the server takes stays where it is, and breaks no line', async () => {
  const person = await parlor.person();
  const page = await parlor.visit(person);
  await page.online();
  const far = 'words and '.repeat(30 * 1024);
  await page.composer.focus();
  await page.page.keyboard.insertText(far);
  await page.page.getByRole('status').getByText(reason.too_long).waitFor();
  await expect.poll(() => page.button(composer.send).isDisabled()).toBe(true);
  await page.composer.press('Enter');
  // What is said in another chat goes out over the line that would have been closed.
  const other = await parlor.visit(person);
  await other.converse('Said elsewhere');
  await expect.poll(() => page.titles).toEqual(['Said elsewhere']);
  await expect.poll(() => page.composer.inputValue()).toBe(far);

  await page.composer.fill(`${far.slice(0, 100 * 1024)} done`);
  parlor.provider.next('words').say('Long.').end();
  await page.composer.press('Enter');
  await page.says('Long.');
  await expect.poll(() => page.questions.count()).toBe(1);
});

test('what is written from right to left stands so', async () => {
  const page = await parlor.guest(PHONE);
  await page.composer.fill('כתוב לי שיר על הים (3 בתים)');
  const direction = () => page.composer.evaluate((field) => field.matches(':dir(rtl)'));
  await expect.poll(direction, { message: 'in the field' }).toBe(true);
  parlor.provider.next('שיר').say('הים **כחול**.\n\n- גל\n- עוד גל\n').end();
  await page.composer.press('Enter');
  await page.says('גל');
  for (const text of [page.questions.getByText('כתוב'), page.answer.getByText('כחול'), page.answer.getByText('עוד גל')]) {
    await expect.poll(() => text.evaluate((element) => element.matches(':dir(rtl)'))).toBe(true);
  }
});

test('a file let fall on the window leaves the draft where it is, and says what to do', async () => {
  const page = await parlor.guest();
  await page.composer.fill('Half a thought');
  const taken = await page.page.evaluate(() => {
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(new File(['a'], 'a.pdf', { type: 'application/pdf' }));
    const event = (name: string) => new DragEvent(name, { dataTransfer, bubbles: true, cancelable: true });
    return ['dragover', 'drop'].map((name) => !document.body.dispatchEvent(event(name)));
  });
  expect(taken, 'the browser does not open it').toEqual([true, true]);
  await page.page.getByText(toast.noFiles).waitFor();
  await expect.poll(() => page.composer.inputValue()).toBe('Half a thought');
});

test('an address that is none, and one where nobody answers, are told at the form, which keeps them', async () => {
  const page = await parlor.guest();
  await page.online();
  await page.page.keyboard.press('Control+,');
  await page.page.getByRole('tab', { name: settings.section.models }).click();
  await page.button(settings.provider.add).click();
  await page.page.getByRole('radio', { name: provider.preset.other }).click();
  const address = page.page.getByLabel(provider.address, { exact: true });
  await address.fill('not an address');
  await page.button(provider.testAndSave).click();
  await page.page.getByText(provider.addressBad).waitFor();
  await address.fill('http://127.0.0.1:1/v1');
  await page.button(provider.testAndSave).click();
  await page.page.getByText(reason.unreachable).waitFor();
  await expect.poll(() => address.inputValue()).toBe('http://127.0.0.1:1/v1');
});
