// Signing in through an identity provider, in a real browser with its own rules for cookies.
import { mkdirSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { expectAccessible } from './support/accessibility';
import { IdentityProvider } from './support/identity';
import { WORDS } from './support/parlor-page';
import { pictures } from './support/parts';
import { Stage } from './support/stage';

const parlor = new Stage();
const { signIn } = WORDS.en;
let provider: IdentityProvider;

beforeAll(async () => {
  provider = await IdentityProvider.start();
  await parlor.open({
    settings: {
      PARLOR_OIDC_ISSUER: provider.issuer,
      PARLOR_OIDC_CLIENT_ID: provider.clientId,
      PARLOR_OIDC_NAME: 'The office',
      PARLOR_OIDC_USERS: 'create',
    },
  });
});
afterEach(async ({ task }) => {
  // The provider is another host, and meant to be one.
  const faults = parlor.takeFaults().filter((fault) => !fault.includes(provider.issuer));
  await parlor.endTest(task.name, task.result?.state === 'fail');
  expect(faults).toEqual([]);
});
afterAll(async () => {
  await parlor.close();
  await provider.stop();
});

test('a button leads to the provider and back in, and the sign-in survives a reload', async () => {
  const page = await parlor.visit(null);
  const button = page.button(signIn.with.replace('{{name}}', 'The office'));
  await button.waitFor();
  await expectAccessible(page, 'signing in with a provider');
  mkdirSync(pictures, { recursive: true });
  await page.page.screenshot({ path: `${pictures}/sign-in-provider.png` });
  await button.click();
  await page.page.getByText(WORDS.en.firstRun.question).waitFor();
  await expect.poll(() => page.page.url(), { message: 'nothing of it stays in the address' }).toBe(`${parlor.server.origin}/`);
  await page.page.reload();
  await page.page.getByText(WORDS.en.firstRun.question).waitFor();
});

test('whoever is not let in is told why, in their language', async () => {
  provider.denies = true;
  const page = await parlor.visit(null);
  await page.button(signIn.with.replace('{{name}}', 'The office')).click();
  await page.page.getByText(signIn.problem.provider_refused).waitFor();
  await expect.poll(() => page.page.url()).toBe(`${parlor.server.origin}/`);
  const french = await parlor.visit(null, '/#sign-in-problem=no_account', { locale: 'fr-FR' });
  await french.page.getByText(WORDS.fr.signIn.problem.no_account).waitFor();
  const strange = await parlor.visit(null, '/#sign-in-problem=what-is-this');
  await strange.page.getByText(signIn.problem.server_trouble).waitFor();
  provider.denies = false;
});
