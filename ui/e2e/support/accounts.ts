// People who sign in as people do, and what the server says of their accounts over HTTP.
import { expect } from 'vitest';
import { ParlorPage, WORDS } from './parlor-page';
import type { Account, Role } from './server';
import type { Stage } from './stage';

export const PASSWORD = 'correct horse battery';

export interface WithPassword extends Account {
  role: Role;
}

/** Somebody new with a password. */
export async function personWithPassword(parlor: Stage, role: Role = 'admin'): Promise<WithPassword> {
  const person = await parlor.person({ role });
  await parlor.server.password(person.name, PASSWORD);
  return { ...person, role };
}

/** Signs in on the page that asks for it. */
export async function signInOn(page: ParlorPage, name: string, password = PASSWORD): Promise<void> {
  const { signIn } = WORDS.en;
  await page.page.getByLabel(signIn.name, { exact: true }).fill(name);
  const field = page.page.getByLabel(signIn.password, { exact: true });
  await field.fill(password);
  await field.press('Enter');
}

/** A browser that is signed in by name and password. */
export async function signedIn(parlor: Stage, { name }: Account, options = {}): Promise<ParlorPage> {
  const page = await parlor.visit(null, '/', options);
  await signInOn(page, name);
  await page.composer.waitFor();
  await page.online();
  return page;
}

/** Another window of the same browser. */
export async function anotherWindow({ page, origin }: ParlorPage, path = '/'): Promise<ParlorPage> {
  const window = new ParlorPage(await page.context().newPage(), origin);
  await window.goto(path);
  return window;
}

export async function api<T>(parlor: Stage, token: string, path: string, method = 'GET', body?: object): Promise<T> {
  const response = await fetch(parlor.server.origin + path, {
    method,
    headers: { authorization: `Bearer ${token}`, ...(body !== undefined && { 'content-type': 'application/json' }) },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  expect(response.ok, `${method} ${path}: ${text}`).toBe(true);
  return (text === '' ? undefined : JSON.parse(text)) as T;
}

/** What the log says was done, the newest first. */
export async function logged(parlor: Stage, token: string): Promise<string[]> {
  const { entries } = await api<{ entries: { action: string }[] }>(parlor, token, '/api/audit?limit=500');
  return entries.map(({ action }) => action);
}

export interface Device {
  deviceId: string;
  name: string;
}

export async function devicesOf(parlor: Stage, token: string): Promise<Device[]> {
  return (await api<{ devices: Device[] }>(parlor, token, '/api/devices')).devices;
}
