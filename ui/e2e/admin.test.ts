// Managing a server: who is here, what they may do, who is invited, and what was done. Each change
// is seen where it takes effect.
import { expect, test } from 'vitest';
import { expectAccessible } from './support/accessibility';
import { api, personWithPassword, signedIn, signInOn } from './support/accounts';
import { WORDS, type ParlorPage } from './support/parlor-page';
import { stage } from './support/stage';

const parlor = stage();
const { admin, join, common, devices, signIn, problem } = WORDS.en;

const role = (page: ParlorPage, name: string) => page.page.getByRole('radio', { name, exact: true });

async function openPerson(page: ParlorPage, name: string): Promise<void> {
  await page.goto('/admin/people');
  await page.page.getByRole('searchbox', { name: admin.people.search }).fill(name);
  await page.page.getByRole('listitem').getByRole('button', { name }).click();
  await page.page.getByRole('dialog', { name }).waitFor();
}

/** The link in the form of a new invitation. */
async function invite(page: ParlorPage, note: string): Promise<string> {
  await page.goto('/admin/invitations');
  await page.page.getByLabel(admin.invitation.note).fill(note);
  await page.button(admin.invitation.make).click();
  return page.page.getByRole('status').locator('code').innerText();
}

test('a role is changed at once, taken back by one click, and holds for what the person does next', async () => {
  const owner = await parlor.person({ role: 'owner' });
  const member = await personWithPassword(parlor, 'member');
  const page = await parlor.visit(owner);
  await openPerson(page, member.name);
  await role(page, admin.role.admin).click();
  await page.page.getByText(admin.person.roleSet.replace('{{name}}', member.name).replace('{{role}}', admin.role.admin)).waitFor();
  await page.holdNews();
  await api(parlor, member.token, '/api/users');
  await page.button(common.undo).click();
  await expect.poll(() => role(page, admin.role.member).isChecked()).toBe(true);
  await expect(api(parlor, member.token, '/api/users')).rejects.toThrow('forbidden');
});

test('an account is closed after a question, its windows are signed out, and it is opened again', async () => {
  const owner = await parlor.person({ role: 'owner' });
  const member = await personWithPassword(parlor, 'member');
  const theirs = await signedIn(parlor, member);
  const page = await parlor.visit(owner);
  await openPerson(page, member.name);
  await page.page.getByRole('list', { name: `Devices of ${member.name}` }).waitFor();
  await expectAccessible(page, 'a person');
  await page.button(admin.person.close).click();
  await page.page.getByRole('group', { name: admin.person.sureClose.replace('{{name}}', member.name) }).getByRole('button', { name: admin.person.close }).click();
  await page.page.getByText(admin.person.isClosed).waitFor();
  await theirs.page.getByText(signIn.because['token-refused']).waitFor();
  await signInOn(theirs, member.name);
  await theirs.page.getByText(signIn.wrong).waitFor();
  await page.button(admin.person.open).click();
  await page.page.getByText(admin.person.isClosed).waitFor({ state: 'detached' });
  await signInOn(theirs, member.name);
  await theirs.online();
});

test('a person’s devices are signed out from here, and a link lets them in again', async () => {
  const owner = await parlor.person({ role: 'owner' });
  const member = await personWithPassword(parlor, 'member');
  const theirs = await signedIn(parlor, member);
  const page = await parlor.visit(owner);
  await openPerson(page, member.name);
  const list = page.page.getByRole('list', { name: `Devices of ${member.name}` });
  await list.getByRole('button').click();
  await list.getByRole('group').getByRole('button', { name: devices.signOut, exact: true }).click();
  await page.page.getByText(admin.person.noDevices).waitFor();
  await theirs.page.getByText(signIn.because['token-refused']).waitFor();
  await page.button(admin.person.makeLink).click();
  const link = await page.page.getByRole('dialog').locator('code').innerText();
  const fresh = await parlor.visit(null, link.slice(parlor.server.origin.length));
  await fresh.online();
  await expect.poll(() => new URL(fresh.page.url()).hash).toBe('');
});

test('an invitation becomes an account, once', async () => {
  const owner = await parlor.person({ role: 'owner' });
  const page = await parlor.visit(owner);
  const link = await invite(page, 'for the new one');
  const path = link.slice(parlor.server.origin.length);
  const open = page.page.getByRole('region', { name: admin.invitation.open });
  await open.getByText('for the new one').waitFor();

  const guest = await parlor.visit(null, path);
  await guest.page.getByText(join.invited.replace('{{name}}', owner.name)).waitFor();
  await expect.poll(() => new URL(guest.page.url()).hash, { message: 'the code left the address' }).toBe('');
  await expectAccessible(guest, 'joining');
  const name = guest.page.getByLabel(join.name, { exact: true });
  const password = guest.page.getByLabel(join.password, { exact: true });
  await name.fill(owner.name);
  await password.fill('short');
  await guest.button(join.join).click();
  await guest.page.getByText(problem.passwordTooShort).waitFor();
  await password.fill('a long password');
  await guest.button(join.join).click();
  await guest.page.getByText(problem.nameTaken).waitFor();
  await expectAccessible(guest, 'joining: the name is taken');
  await name.fill('newcomer');
  await password.press('Enter');
  await guest.page.getByText(WORDS.en.firstRun.question).waitFor();

  const late = await parlor.visit(null, path);
  await late.page.getByText(join.void).waitFor();
  await expectAccessible(late, 'joining: used up');
  await late.button(join.toSignIn).click();
  await signInOn(late, 'newcomer', 'a long password');
  // Who is asked this is online; the question hides the rest of the page from roles.
  await late.page.getByText(WORDS.en.firstRun.question).waitFor();

  await openPerson(page, 'newcomer');
  await page.goto('/admin/invitations');
  await page.page.getByText(admin.invitation.past_one.replace('{{count}}', '1')).click();
  await page.page.getByText(admin.invitation.usedBy.replace('{{name}}', 'newcomer')).waitFor();
});

test('an invitation that is taken back lets nobody in; who is signed in already stays', async () => {
  const owner = await parlor.person({ role: 'owner' });
  const page = await parlor.visit(owner);
  const link = await invite(page, 'changed my mind');
  const member = await parlor.person({ role: 'member' });
  const theirs = await parlor.visit(member, link.slice(parlor.server.origin.length));
  await theirs.page.getByLabel(join.name, { exact: true }).fill('second account');
  await theirs.page.getByLabel(join.password, { exact: true }).fill('a long password');

  const row = page.page.getByRole('listitem').filter({ hasText: 'changed my mind' });
  await row.getByRole('button', { name: admin.invitation.revokeLabel.replace('{{name}}', 'changed my mind') }).click();
  await row.getByRole('group').getByRole('button', { name: admin.invitation.revoke, exact: true }).click();
  await row.waitFor({ state: 'hidden' });

  await theirs.button(join.join).click();
  await theirs.page.getByText(join.void).waitFor();
  await theirs.button(admin.toChats).click();
  await theirs.online();
  await theirs.switcher.click();
  await theirs.page.getByText(WORDS.en.sidebar.signedInAs.replace('{{name}}', member.name)).waitFor();
});

test('members have no way here, and an address shows them only that', async () => {
  const member = await parlor.person({ role: 'member' });
  const page = await parlor.visit(member, '/admin/people');
  await page.page.getByText(admin.forbidden).waitFor();
  await expectAccessible(page, 'managing: forbidden');
  await page.switcher.click();
  await page.page.getByRole('menuitem', { name: WORDS.en.sidebar.signOut }).waitFor();
  await expect.poll(() => page.page.getByRole('menuitem', { name: admin.open }).count()).toBe(0);
  await page.page.keyboard.press('Escape');
  await page.button(admin.toChats).click();
  await page.composer.waitFor();
});

test('who stands above is shown, and cannot be changed', async () => {
  const owner = await parlor.person({ role: 'owner' });
  const page = await parlor.visit(await parlor.person({ role: 'admin' }));
  await openPerson(page, owner.name);
  await page.page.getByText(admin.person.above).waitFor();
  await page.page.getByRole('radio').first().waitFor();
  await expect.poll(() => page.page.getByRole('radio').count(), { message: 'no other role to choose' }).toBe(1);
  await expect.poll(() => page.button(admin.person.close).count()).toBe(0);
});

test('the last owner stays one, in words', async () => {
  // The first owner has a name of their own, and is closed here so that one is left.
  const owner = await parlor.person({ role: 'owner' });
  const { users } = await api<{ users: { userId: string; name: string; role: string }[] }>(parlor, owner.token, '/api/users');
  for (const other of users.filter((user) => user.role === 'owner' && user.name !== owner.name)) {
    await api(parlor, owner.token, `/api/users/${other.userId}`, 'PATCH', { role: 'member' });
  }
  const page = await parlor.visit(owner);
  await openPerson(page, owner.name);
  await role(page, admin.role.member).click();
  await page.page.getByText(problem.lastOwner).waitFor();
  await expect.poll(() => role(page, admin.role.owner).isChecked()).toBe(true);
});

test('the health of the server is live, and its silence is said', async () => {
  const page = await parlor.visit(await parlor.person(), '/admin/health');
  await page.page.getByText(admin.health.good).waitFor();
  const connections = page.page.getByRole('region', { name: admin.health.plot.connections });
  await connections.getByText('1', { exact: true }).waitFor();
  const another = await parlor.guest();
  await another.online();
  await connections.getByText('2', { exact: true }).waitFor();
  await expectAccessible(page, 'the health of the server');
  await parlor.server.kill();
  await page.page.getByText(admin.health.unreachable).waitFor();
  await parlor.server.restart();
  await page.page.getByText(admin.health.good).waitFor();
});
