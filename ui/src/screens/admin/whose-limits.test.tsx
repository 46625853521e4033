import { cleanup, render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { LimitsPage, UserInfo } from '@/generated/wire';
import { i18next } from '@/i18n';
import { WhoseLimits } from './whose-limits';

vi.mock('@/state/api', () => ({ ask: () => new Promise(() => undefined) }));

const person = (userId: string, name: string) => ({ userId, name, role: 'member', enabled: true }) as UserInfo;
const USERS = [person('z', 'Zoe'), person('n', 'Nina'), person('a', 'Adam')];
const PAGE: LimitsPage = {
  currency: 'USD',
  configured: {},
  limits: [
    { of: 'everyone', limits: { messagesPerDay: 9 } },
    { of: 'user', userId: 'z', limits: { messagesPerDay: 5 } },
    { of: 'device', userId: 'n', deviceId: 'phone', limits: { messagesPerDay: 1 } },
    { of: 'device', userId: 'z', deviceId: 'laptop', limits: { messagesPerDay: 2 } },
    { of: 'device', userId: 'z', deviceId: 'tablet', limits: { messagesPerDay: 3 } },
    { of: 'device', deviceId: 'signed-out', limits: { messagesPerDay: 4 } },
  ],
};

beforeEach(async () => void (await i18next.changeLanguage('en')));
afterEach(cleanup);

it('lists who has limits on a device alone, and says so', async () => {
  const choose = vi.fn();
  render(<WhoseLimits page={PAGE} users={USERS} userId={null} deviceId={null} onChoose={choose} />);
  const own = screen.getByRole('list', { name: 'People with limits of their own' });
  const shown = [...own.querySelectorAll('button')].map((button) => button.textContent);
  expect(shown).toEqual(['Nina, on 1 device', 'Zoe', 'Zoe, on 2 devices']);
  await userEvent.click(screen.getByRole('button', { name: 'Nina, on 1 device' }));
  expect(choose).toHaveBeenLastCalledWith('n', 'phone');
  await userEvent.click(screen.getByRole('button', { name: 'Zoe' }));
  expect(choose).toHaveBeenLastCalledWith('z', null);
});

it('shows which of the two is open', () => {
  render(<WhoseLimits page={PAGE} users={USERS} userId="z" deviceId="tablet" onChoose={vi.fn()} />);
  const pressed = screen.getAllByRole('button', { pressed: true }).map((button) => button.textContent);
  expect(pressed).toEqual(['Zoe, on 2 devices']);
});
