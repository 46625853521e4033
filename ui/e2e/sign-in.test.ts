// Coming in through a browser: by the one-time link, by name and password, and out again.
import { expect, test } from 'vitest';
import { Gate, within } from './support/gate';
import { WORDS } from './support/parlor-page';
import { stage } from './support/stage';

const parlor = stage();
const { signIn } = WORDS.en;

test('the link signs in once, leaves the address, and explains itself when used again', async () => {
  const link = parlor.server.signInLink.slice(parlor.server.origin.length);
  expect(link).toMatch(/^\/#sign-in=.{20,}/);

  const page = await parlor.visit(null, link);
  await page.composer.waitFor();
  await expect.poll(() => page.page.url(), { message: 'the code left the address' }).toBe(`${parlor.server.origin}/`);
  await page.page.reload();
  await page.composer.waitFor();
  await page.page.goBack().catch(() => null);
  await expect.poll(() => page.page.url(), { message: 'and the history' }).not.toContain('sign-in');

  const second = await parlor.visit(null, link);
  await second.page.getByText(signIn.linkExpired).waitFor();
  await second.page.getByText(signIn.linkExpiredHint).waitFor();
  await expect.poll(() => second.page.url()).not.toContain('sign-in');
});

test('a page that is left while the link signs it in is signed in when it comes back', async () => {
  // A start prints a link that nobody has used.
  await parlor.server.kill();
  await parlor.server.restart();
  const page = await parlor.visit(null, null);
  const [redeemed, never] = [new Gate(), new Gate()];
  await page.page.route('**/api/session/link', async (route) => {
    await route.fetch();
    redeemed.open();
    await never.opened;
  });
  await page.goto(parlor.server.signInLink.slice(parlor.server.origin.length));
  await within(redeemed.opened, 'the sign-in');
  await page.page.reload();
  // Asked of an owner whose account the server has told.
  await page.page.getByText(WORDS.en.firstRun.question).waitFor();
});

test('a name and a password sign in; a wrong one is told, and nothing is lost', async () => {
  const person = await parlor.person();
  await parlor.server.password(person.name, 'correct horse battery');
  const page = await parlor.visit(null, '/');
  const name = page.page.getByLabel(signIn.name, { exact: true });
  const password = page.page.getByLabel(signIn.password, { exact: true });
  await name.fill(person.name);
  await password.fill('wrong horse');
  await page.button(signIn.submit).click();
  await page.page.getByText(signIn.wrong).waitFor();
  await expect.poll(() => name.inputValue()).toBe(person.name);

  await password.fill('correct horse battery');
  await password.press('Enter');
  await page.composer.waitFor();
  await page.online();
  await page.page.reload();
  await page.composer.waitFor();
});

test('signing out forgets the token and asks for a sign-in', async () => {
  const page = await parlor.guest();
  await page.online();
  await page.switcher.click();
  await page.page.getByRole('menuitem', { name: WORDS.en.sidebar.signOut }).click();
  await page.page.getByText(signIn.because['signed-out']).waitFor();
  await expect.poll(() => page.page.evaluate(() => JSON.stringify(localStorage)), { message: 'no token stays' }).not.toContain('eyJ');
  await page.page.reload();
  await page.button(signIn.submit).waitFor();
});

test('a token that is refused asks for a sign-in and keeps the draft', async () => {
  const person = await parlor.person();
  const page = await parlor.visit(person);
  await page.online();
  await page.composer.fill('A thought half written');
  await parlor.server.command('user', 'disable', person.name);
  await parlor.server.kill();
  await parlor.server.restart();
  await page.page.getByText(signIn.because['token-refused']).waitFor();
  await expect.poll(() => page.page.evaluate(() => JSON.stringify(localStorage))).toContain('A thought half written');
});
