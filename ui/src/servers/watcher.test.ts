import { expect, it, vi } from 'vitest';
import type { Desktop } from '@/platform';
import { useServers } from './servers-store';
import { Watcher } from './watcher';

const fake = vi.hoisted(() => ({ read: (): void => undefined }));
vi.mock('@/platform', () => ({
  HostError: class extends Error {},
  host: { device: { get: () => new Promise<void>((resolve) => (fake.read = resolve)) } },
}));

const settled = () => new Promise((resolve) => setTimeout(resolve, 0));

it('stopped while the device still reads, it never begins to listen', async () => {
  const serverConnection = vi.fn(() => Promise.reject(new Error('no')));
  const watcher = new Watcher('team', { serverConnection } as unknown as Desktop);
  watcher.stop();
  fake.read();
  await settled();
  expect(serverConnection).not.toHaveBeenCalled();
  expect(useServers.getState().news).toEqual({});
});

it('stopped while the host still answers, it says nothing any more', async () => {
  let refuse: (error: Error) => void = () => undefined;
  const serverConnection = vi.fn(() => new Promise((_, reject) => (refuse = reject)));
  const watcher = new Watcher('team', { serverConnection } as unknown as Desktop);
  fake.read();
  await settled();
  expect(serverConnection).toHaveBeenCalledOnce();
  watcher.stop();
  refuse(new Error('no'));
  await settled();
  expect(useServers.getState().news).toEqual({});
});
