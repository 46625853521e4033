import { cleanup, render, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { i18next } from '@/i18n';
import { ServerForm } from './server-form';

const fake = vi.hoisted(() => {
  class HostError extends Error {
    constructor(
      readonly code: string,
      message: string,
      readonly about: { fingerprint?: string } = {},
    ) {
      super(message);
    }
    get fingerprint() {
      return this.about.fingerprint;
    }
  }
  return {
    HostError,
    lookAtServer: vi.fn(),
    signInByBrowser: vi.fn(),
    cancelBrowserSignIn: vi.fn(),
    signInServer: vi.fn(),
    askPairing: vi.fn(),
    claimPairing: vi.fn(),
    cancelPairing: vi.fn(),
  };
});
vi.mock('@/platform', () => ({ host: { desktop: fake }, HostError: fake.HostError, providerSignInProblem: () => null }));
vi.mock('@/state/actions', () => ({ actions: {} }));

const ADDRESS = 'https://chat.example.org';
const ENTRY = { id: 'team', name: 'Team', address: `${ADDRESS}/`, user: 'nina', active: true };
const never = () => new Promise<never>(() => undefined);

beforeEach(async () => {
  await i18next.changeLanguage('en');
  vi.resetAllMocks();
  fake.lookAtServer.mockResolvedValue({ name: 'Team', signInWith: 'The office' });
  fake.cancelBrowserSignIn.mockResolvedValue(undefined);
  fake.cancelPairing.mockResolvedValue(undefined);
});
afterEach(cleanup);

const typeAddress = async (address = ADDRESS) => {
  await userEvent.click(screen.getByLabelText('Address'));
  await userEvent.paste(address);
};
const officeButton = () => screen.findByRole('button', { name: 'Sign in with The office' });

it('offers what the server offers, and hands over who came back', async () => {
  const done = vi.fn(async () => undefined);
  fake.signInByBrowser.mockResolvedValue(ENTRY);
  render(<ServerForm onDone={done} />);
  expect(screen.queryByText('or'), 'nothing before there is an address').toBeNull();
  await typeAddress();
  await userEvent.click(await officeButton());
  await waitFor(() => expect(done).toHaveBeenCalledWith(ENTRY));
  expect(fake.signInByBrowser).toHaveBeenCalledWith({ address: ADDRESS });
});

it('says that it waits, and no longer waits when it is closed', async () => {
  fake.signInByBrowser.mockImplementation(never);
  const { unmount } = render(<ServerForm onDone={async () => undefined} />);
  await typeAddress();
  await userEvent.click(await officeButton());
  await screen.findByRole('button', { name: 'Waiting for your browser…' });
  await userEvent.click(screen.getByRole('button', { name: 'Stop waiting' }));
  expect(fake.cancelBrowserSignIn).toHaveBeenCalledTimes(1);
  await waitFor(() => expect(document.activeElement?.textContent, 'the focus has a place').toBe('Waiting for your browser…'));
  unmount();
  expect(fake.cancelBrowserSignIn).toHaveBeenCalledTimes(2);
});

it('says nothing of a wait that was given up, and in words what else went wrong', async () => {
  render(<ServerForm onDone={async () => undefined} />);
  await typeAddress();
  fake.signInByBrowser.mockRejectedValueOnce(new fake.HostError('cancelled', 'cancelled'));
  await userEvent.click(await officeButton());
  await officeButton();
  expect(screen.queryByRole('alert')).toBeNull();
  for (const [code, words] of [
    ['no_account', /no account here/],
    ['sign_in_timed_out', /within five minutes/],
    ['server_unreachable', /No server answers/],
  ] as const) {
    fake.signInByBrowser.mockRejectedValueOnce(new fake.HostError(code, code));
    await userEvent.click(await officeButton());
    await screen.findByText(words);
  }
});

it('asks about a certificate before it asks how one signs in there', async () => {
  fake.lookAtServer.mockRejectedValueOnce(new fake.HostError('certificate_unknown', '', { fingerprint: 'AB:CD' }));
  render(<ServerForm onDone={async () => undefined} />);
  await typeAddress();
  await screen.findByText('AB:CD');
  expect(screen.queryByText('or')).toBeNull();
  await userEvent.click(screen.getByRole('button', { name: /^They are the same/ }));
  await officeButton();
  expect(fake.lookAtServer).toHaveBeenLastCalledWith({ address: ADDRESS, certificate: 'AB:CD' });
  expect(fake.signInServer, 'nothing was filled in yet').not.toHaveBeenCalled();
});

it('takes the code out of a link, shows the number, and signs in after the yes', async () => {
  const done = vi.fn(async () => undefined);
  const number = { number: '4711', expiresAt: new Date(Date.now() + 120_000).toISOString() };
  fake.askPairing.mockResolvedValue(number);
  fake.claimPairing.mockResolvedValueOnce(null).mockResolvedValueOnce(ENTRY);
  render(<ServerForm onDone={done} />);
  await typeAddress(`${ADDRESS}/#pair=K7QM-4XRD&sha256=x`);
  expect(screen.getByLabelText<HTMLInputElement>('Code').value).toBe('K7QM-4XRD');
  await userEvent.click(screen.getByRole('button', { name: 'Ask to connect' }));
  await waitFor(() => expect(done).toHaveBeenCalledWith(ENTRY));
  expect(fake.askPairing).toHaveBeenCalledWith({ address: `${ADDRESS}/#pair=K7QM-4XRD&sha256=x`, code: 'K7QM-4XRD' });
});

it('comes back from a no with an empty code and the reason', async () => {
  fake.askPairing.mockResolvedValue({ number: '4711', expiresAt: new Date(Date.now() + 120_000).toISOString() });
  fake.claimPairing.mockRejectedValue(new fake.HostError('device_refused', ''));
  render(<ServerForm onDone={async () => undefined} />);
  await typeAddress(`${ADDRESS}/#pair=K7QM-4XRD`);
  await userEvent.click(screen.getByRole('button', { name: 'Ask to connect' }));
  await screen.findByText('The computer refused this device.');
  await waitFor(() => expect(screen.getByLabelText<HTMLInputElement>('Code').value).toBe(''));
});

const soon = () => ({ number: '4711', expiresAt: new Date(Date.now() + 120_000).toISOString() });
const askByLink = async () => {
  await typeAddress(`${ADDRESS}/#pair=K7QM-4XRD`);
  await userEvent.click(screen.getByRole('button', { name: 'Ask to connect' }));
  await screen.findByText('4711');
};

it('tells the host that nobody waits any more, and takes no yes that still comes', async () => {
  const done = vi.fn(async () => undefined);
  let yes: (entry: typeof ENTRY) => void = () => undefined;
  fake.askPairing.mockImplementation(async () => soon());
  fake.claimPairing.mockImplementation(() => new Promise((resolve) => (yes = resolve)));
  render(<ServerForm onDone={done} />);
  await askByLink();
  await waitFor(() => expect(fake.claimPairing).toHaveBeenCalledTimes(1));
  await userEvent.click(screen.getByRole('button', { name: 'Cancel' }));
  expect(fake.cancelPairing).toHaveBeenCalledTimes(1);
  yes(ENTRY);
  await screen.findByLabelText('Code');
  expect(done, 'the yes came too late').not.toHaveBeenCalled();
});

it('no longer waits for a yes when it is closed, but lets a finished one be', async () => {
  fake.askPairing.mockImplementation(async () => soon());
  fake.claimPairing.mockImplementation(never);
  const { unmount } = render(<ServerForm onDone={async () => undefined} />);
  await askByLink();
  unmount();
  expect(fake.cancelPairing).toHaveBeenCalledTimes(1);

  const done = vi.fn(async () => undefined);
  fake.claimPairing.mockResolvedValue(ENTRY);
  const second = render(<ServerForm onDone={done} />);
  await typeAddress(`${ADDRESS}/#pair=K7QM-4XRD`);
  await userEvent.click(screen.getByRole('button', { name: 'Ask to connect' }));
  await waitFor(() => expect(done).toHaveBeenCalledTimes(1));
  second.unmount();
  expect(fake.cancelPairing).toHaveBeenCalledTimes(1);
});

it('puts the focus on the number, under a title below that of its dialog', async () => {
  fake.askPairing.mockImplementation(async () => soon());
  fake.claimPairing.mockImplementation(never);
  render(<ServerForm onDone={async () => undefined} />);
  await askByLink();
  await waitFor(() => expect(document.activeElement?.textContent).toContain('4711'));
  await screen.findByRole('heading', { level: 3, name: 'Confirm at the computer' });
});

it('says why a device that was let in is not signed in', async () => {
  fake.askPairing.mockImplementation(async () => soon());
  fake.claimPairing.mockResolvedValueOnce(ENTRY);
  const failing = async () => Promise.reject(new fake.HostError('server_unreachable', ''));
  render(<ServerForm onDone={failing} />);
  await typeAddress(`${ADDRESS}/#pair=K7QM-4XRD`);
  await userEvent.click(screen.getByRole('button', { name: 'Ask to connect' }));
  await screen.findByText(/No server answers/);
});

it('forgets a wrong code with the next one, and takes a code out of a link once', async () => {
  fake.askPairing.mockRejectedValue(new fake.HostError('pairing_refused', ''));
  render(<ServerForm onDone={async () => undefined} />);
  await typeAddress(`${ADDRESS}/#pair=K7QM-4XRD`);
  await userEvent.click(screen.getByRole('button', { name: 'Ask to connect' }));
  await screen.findByText(/This code is wrong/);
  await userEvent.clear(screen.getByLabelText('Code'));
  await userEvent.type(screen.getByLabelText('Code'), 'B');
  expect(screen.queryByText(/This code is wrong/)).toBeNull();
  await userEvent.type(screen.getByLabelText('Address'), '&');
  expect(screen.getByLabelText<HTMLInputElement>('Code').value, 'what was typed stays').toBe('B');
});

it('no longer asks a computer that went away, once its question is long over', async () => {
  fake.askPairing.mockResolvedValue({ number: '4711', expiresAt: new Date(Date.now() - 60_000).toISOString() });
  fake.claimPairing.mockRejectedValue(new fake.HostError('server_unreachable', ''));
  render(<ServerForm onDone={async () => undefined} />);
  await typeAddress(`${ADDRESS}/#pair=K7QM-4XRD`);
  await userEvent.click(screen.getByRole('button', { name: 'Ask to connect' }));
  await screen.findByText(/No server answers/);
  expect(fake.claimPairing).toHaveBeenCalledTimes(1);
});
