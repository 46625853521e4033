import { cleanup, render, screen } from '@testing-library/react';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { LanCheck } from '@/generated/wire';
import { i18next } from '@/i18n';
import { Check } from './check';

const { askHere } = vi.hoisted(() => ({ askHere: vi.fn() }));
vi.mock('./at-this-computer', () => ({ askHere }));

beforeEach(async () => void (await i18next.changeLanguage('en')));
afterEach(cleanup);

const stopped = (verdict: LanCheck['hops'][number]['verdict'], why: string): LanCheck => ({
  failing: 'address',
  hops: [{ hop: 'address', verdict, why }],
  addresses: [],
  firewalls: [],
  arrivals: [],
});

it.each([
  ['doubtful', 'public', 'Perhaps it stops here: the address of this computer is not one of a home network.'],
  ['bad', 'none', 'It stops here: this computer has no address in your home network.'],
] as const)('says of an address that is %s what it is', async (verdict, why, words) => {
  askHere.mockResolvedValue(stopped(verdict, why));
  render(<Check onBack={vi.fn()} />);
  expect(await screen.findByText(words)).toBeTruthy();
});
