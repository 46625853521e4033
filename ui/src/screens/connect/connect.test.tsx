import { cleanup, render, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { i18next } from '@/i18n';
import { initialState, setState, useApp } from '@/state/app-store';
import { chooseDefaultModel } from './connect-provider';
import { LocalModels } from './local-models';
import { isAddress, providerId } from './presets';
import { ProviderForm } from './provider-form';

const fake = vi.hoisted(() => ({
  keyring: { available: true } as { available: boolean },
  actions: {
    saveProvider: vi.fn(async (_input: object) => undefined),
    removeProvider: vi.fn(async (_id: string) => undefined),
    setProviderKey: vi.fn(async (_id: string, _key: string | null, _sessionOnly: boolean) => undefined),
    testProvider: vi.fn(async (_id: string): Promise<object[]> => []),
    findProviders: vi.fn(async (): Promise<object[]> => []),
  },
}));
vi.mock('@/platform', () => ({ host: { desktop: { keyringState: async () => fake.keyring } } }));
vi.mock('@/state/actions', () => ({ actions: fake.actions }));

const SECRET = 'sk-test-1234567890';
const model = (name: string) => ({ id: `openai/${name}`, provider: 'openai', name });

beforeEach(async () => {
  await i18next.changeLanguage('en');
  vi.clearAllMocks();
  fake.actions.findProviders.mockResolvedValue([]);
  fake.keyring = { available: true };
  fake.actions.testProvider.mockResolvedValue([model('gpt-5'), model('gpt-5-mini')]);
  setState({ ...initialState, server: { serverId: 'local', serverName: 'x', url: '', remote: false }, providers: [] }, true);
});
afterEach(cleanup);

describe('ProviderForm', () => {
  it('saves, keeps the key in the keyring, tests, and begins with the usual model', async () => {
    const done = vi.fn();
    const { container } = render(<ProviderForm onDone={done} />);
    await userEvent.type(screen.getByLabelText('API key'), SECRET);
    await userEvent.click(screen.getByRole('button', { name: 'Test and save' }));
    await waitFor(() => expect(done).toHaveBeenCalledWith('OpenAI', 2));
    expect(fake.actions.setProviderKey).toHaveBeenCalledWith('openai', SECRET, false);
    expect(fake.actions.saveProvider.mock.calls.map(([input]) => input), 'in charge once it answers').toEqual([
      { providerId: 'openai', name: 'OpenAI', baseUrl: 'https://api.openai.com/v1', activate: false },
      { providerId: 'openai', name: 'OpenAI', baseUrl: 'https://api.openai.com/v1', defaultModel: 'gpt-5-mini' },
    ]);
    await waitFor(() => expect(container.innerHTML, 'the key does not stay on the page').not.toContain(SECRET));
    await waitFor(() => expect(screen.getByLabelText<HTMLInputElement>('API key').value).toBe(''));
    expect(JSON.stringify(useApp.getState()), 'nor in the state').not.toContain(SECRET);
  });

  it('says what is wrong and takes the provider back when the test fails', async () => {
    const done = vi.fn();
    const old = { providerId: 'ollama', name: 'Ollama', baseUrl: 'http://127.0.0.1:11434/v1', defaultModel: 'llama3.2', key: 'none' as const, fixed: false, active: true };
    setState({ providers: [old] });
    fake.actions.testProvider.mockRejectedValue({ reason: 'key_refused' });
    render(<ProviderForm onDone={done} />);
    await userEvent.type(screen.getByLabelText('API key'), SECRET);
    await userEvent.click(screen.getByRole('button', { name: 'Test and save' }));
    expect((await screen.findByRole('alert')).textContent).toContain('refused the key');
    expect(done).not.toHaveBeenCalled();
    await waitFor(() => expect(fake.actions.removeProvider).toHaveBeenCalledWith('openai'));
    expect(fake.actions.saveProvider.mock.calls.map(([input]) => input), 'the one before goes on answering').toEqual([
      expect.objectContaining({ providerId: 'openai', activate: false }),
    ]);
  });

  const old = { providerId: 'openai', name: 'OpenAI', baseUrl: 'https://api.openai.com/v1', defaultModel: 'gpt-5', key: 'keyring' as const, fixed: false, active: true };

  it('leaves one that is there as it was when a new key for it does not work', async () => {
    setState({ providers: [old] });
    fake.actions.testProvider.mockRejectedValue({ reason: 'key_refused' });
    render(<ProviderForm onDone={() => undefined} />);
    await userEvent.type(screen.getByLabelText('API key'), SECRET);
    await userEvent.click(screen.getByRole('button', { name: 'Test and save' }));
    await screen.findByRole('alert');
    await waitFor(() => expect(fake.actions.removeProvider.mock.calls, 'only the trial goes').toEqual([['openai-trial']]));
    expect(fake.actions.setProviderKey.mock.calls, 'its key is not touched').toEqual([['openai-trial', SECRET, true]]);
    expect(fake.actions.saveProvider.mock.calls.map(([input]) => input), 'and it goes on answering').toEqual([
      expect.objectContaining({ providerId: 'openai-trial', activate: false }),
    ]);
  });

  it('replaces one that is there when the new key works', async () => {
    setState({ providers: [old] });
    const done = vi.fn();
    render(<ProviderForm onDone={done} />);
    await userEvent.type(screen.getByLabelText('API key'), SECRET);
    await userEvent.click(screen.getByRole('button', { name: 'Test and save' }));
    await waitFor(() => expect(done).toHaveBeenCalledWith('OpenAI', 2));
    expect(fake.actions.setProviderKey).toHaveBeenLastCalledWith('openai', SECRET, false);
    await waitFor(() => expect(fake.actions.removeProvider.mock.calls).toEqual([['openai-trial']]));
  });

  it('without a keyring asks for a plain yes to this session only', async () => {
    fake.keyring = { available: false };
    const done = vi.fn();
    render(<ProviderForm onDone={done} />);
    expect(await screen.findByText(/offers no keyring \(Secret Service\)/)).toBeTruthy();
    await userEvent.type(screen.getByLabelText('API key'), SECRET);
    await userEvent.click(screen.getByRole('button', { name: 'Test and save' }));
    expect(fake.actions.saveProvider, 'nothing happens unasked').not.toHaveBeenCalled();
    await userEvent.click(screen.getByRole('switch', { name: 'For this session only' }));
    await userEvent.click(screen.getByRole('button', { name: 'Test and save' }));
    await waitFor(() => expect(done).toHaveBeenCalled());
    expect(fake.actions.setProviderKey).toHaveBeenCalledWith('openai', SECRET, true);
  });

  it('refuses an address that is none', async () => {
    render(<ProviderForm onDone={() => undefined} />);
    await userEvent.click(screen.getByRole('radio', { name: 'Other' }));
    await userEvent.type(screen.getByLabelText('Address'), 'my server');
    await userEvent.click(screen.getByRole('button', { name: 'Test and save' }));
    expect(screen.getByLabelText('Address').getAttribute('aria-invalid')).toBe('true');
    expect(fake.actions.saveProvider).not.toHaveBeenCalled();
  });
});

describe('LocalModels', () => {
  it('connects with one click, with the first model it has', async () => {
    fake.actions.findProviders.mockResolvedValue([
      { providerId: 'ollama', name: 'Ollama', baseUrl: 'http://127.0.0.1:11434/v1', models: ['llama3.2', 'qwen3'] },
    ]);
    fake.actions.testProvider.mockResolvedValue([model('qwen3'), model('llama3.2')]);
    const done = vi.fn();
    render(<LocalModels onDone={done} />);
    await userEvent.click(await screen.findByRole('button', { name: 'Use Ollama' }));
    await waitFor(() => expect(done).toHaveBeenCalledWith('Ollama', 2));
    expect(fake.actions.saveProvider).toHaveBeenLastCalledWith(
      expect.objectContaining({ providerId: 'ollama', defaultModel: 'llama3.2' }),
    );
    expect(fake.actions.setProviderKey).not.toHaveBeenCalled();
  });

  it('says what to do when nothing runs', async () => {
    render(<LocalModels onDone={() => undefined} />);
    expect(await screen.findByText('Nothing was found running.')).toBeTruthy();
    expect(screen.getByRole('button', { name: 'Look again' })).toBeTruthy();
  });
});

describe('a standard model', () => {
  it('of one that does not answer now leaves the one that does in charge', async () => {
    const idle = { providerId: 'ollama', name: 'Ollama', baseUrl: 'http://127.0.0.1:11434/v1', defaultModel: null, key: 'none' as const, fixed: false, active: false };
    const busy = { ...idle, providerId: 'openai', name: 'OpenAI', defaultModel: 'gpt-5', active: true };
    setState({ providers: [idle, busy] });
    await chooseDefaultModel(idle, 'qwen3');
    expect(fake.actions.saveProvider.mock.calls.map(([input]) => input)).toMatchObject([
      { providerId: 'ollama', defaultModel: 'qwen3', activate: false },
    ]);
  });
});

describe('presets', () => {
  it('makes ids that the wire takes, and none twice', () => {
    expect(providerId('Дом: «шлюз» №1!', [])).toBe('no1');
    expect(providerId('Письмо', [])).toBe('provider');
    expect(providerId('House Gateway', ['house-gateway', 'house-gateway-2'])).toBe('house-gateway-3');
  });
  it.each(['https://a.example/v1', 'http://127.0.0.1:1'])('takes %s', (text) => expect(isAddress(text)).toBe(true));
  it.each(['a.example', 'ftp://a.example', 'javascript:alert(1)', 'https://'])('refuses %s', (text) =>
    expect(isAddress(text)).toBe(false),
  );
});
