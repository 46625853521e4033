// Every screen with made-up state, to be looked at and photographed: see pictures.mjs. Not part of
// the bundle. `?screen=first-run&theme=dark&lang=ru&at=browser`.

import '@fontsource-variable/inter/wght.css';
import '@fontsource-variable/literata/wght.css';
import '@fontsource-variable/literata/wght-italic.css';
import '@fontsource-variable/jetbrains-mono/index.css';
import '../src/styles/index.css';

const query = new URLSearchParams(location.search);
const ask = (name: string, otherwise: string) => query.get(name) ?? otherwise;

const SERVERS = [
  { id: 'local', name: 'This computer', address: '', user: 'owner', active: true },
  { id: 'team', name: 'Atelier', address: 'https://chat.atelier.example', user: 'nora', active: false },
  { id: 'home', name: 'nas', address: 'http://192.168.1.20:3000', user: 'nora', active: false },
];
const ANSWERS: Record<string, unknown> = {
  servers: SERVERS,
  keyring_state: ask('keyring', 'yes') === 'yes' ? { available: true } : { available: false, reason: 'no service' },
  sign_in_link: 'http://192.168.1.7:7777/#sign-in=K3XQ-9TPL-27WD',
  connection: { url: location.origin, token: '', serverId: 'local', serverName: 'laptop', remote: false },
};
if (ask('at', 'app') === 'app') {
  Object.assign(window, {
    __TAURI_INTERNALS__: { invoke: (name: string) => Promise.resolve(ANSWERS[name] ?? null) },
  });
}

async function start() {
  const [{ createRoot }, { initialState, setState }, { actions }, { setLanguage }, screens] = await Promise.all([
    import('react-dom/client'),
    import('../src/state/app-store'),
    import('../src/state/actions'),
    import('../src/i18n'),
    import('./gallery-screens'),
  ]);
  const provider = (id: string, name: string, baseUrl: string, rest: object) => ({
    providerId: id,
    name,
    baseUrl,
    defaultModel: 'gpt-5-mini',
    key: 'keyring' as const,
    fixed: false,
    active: false,
    ...rest,
  });
  const found = [
    { providerId: 'ollama', name: 'Ollama', baseUrl: 'http://127.0.0.1:11434/v1', models: ['llama3.2', 'qwen3:8b', 'gemma3'] },
    { providerId: 'lm-studio', name: 'LM Studio', baseUrl: 'http://127.0.0.1:1234/v1', models: [] },
  ];
  const models = ['gpt-5-mini', 'gpt-5', 'o4'].map((name) => ({ id: `openai/${name}`, provider: 'openai', name }));
  const chats = ['Why fsync is slow, and when it matters', 'Письмо арендодателю', 'Plan de cours : la Révolution', 'Bread with 80 % hydration', 'Tests for the invoice parser', 'Names for the boat', 'Lease of the second workshop']
    .map((title, index) => ({
      chatId: `c${index}`, title, titleSource: 'model' as const, pinned: index === 0, model: null, systemPrompt: null, temperature: null, leafId: null,
      createdAt: new Date(Date.now() - index * 7e7).toISOString(), updatedAt: new Date(Date.now() - index * 7e7).toISOString(), revision: 1,
    }));
  const theme = ask('theme', 'light') as 'light' | 'dark';
  const lang = ask('lang', 'en') as 'en' | 'ru' | 'fr';
  setState({
    ...initialState,
    booted: true,
    connection: ask('screen', '') === 'sign-in' ? { kind: 'signed-out', reason: 'token-refused' } : { kind: 'online' },
    server: { serverId: ask('at', 'app') === 'app' ? 'local' : location.origin, serverName: 'laptop', url: location.origin, remote: ask('at', 'app') !== 'app' },
    person: { userId: 'u', name: 'nora', role: 'owner' },
    chats: Object.fromEntries(chats.map((chat) => [chat.chatId, chat])),
    settings: { model: null, systemPrompt: null, temperature: 0.7, welcomed: false },
    models: { list: models, problems: [], loaded: true },
    providers: [
      provider('openai', 'OpenAI', 'https://api.openai.com/v1', { active: true }),
      provider('ollama', 'Ollama', 'http://127.0.0.1:11434/v1', { key: 'none', defaultModel: 'llama3.2' }),
      provider('house', 'House gateway', 'https://models.house.example/v1', { key: 'environment', fixed: true }),
    ],
    found: ask('found', 'yes') === 'yes' ? found : [],
    device: { theme, language: lang, sidebarOpen: true },
    overlay: ask('screen', '') === 'palette' ? 'palette' : 'none',
    settingsPage: ask('page', 'models') as never,
  });
  const never = () => new Promise<never>(() => undefined);
  const refuse = () => Promise.reject(Object.assign(new Error(), { reason: 'key_refused' }));
  Object.assign(actions, {
    findProviders: () => Promise.resolve(ask('found', 'yes') === 'yes' ? found : []),
    loadProviders: () => Promise.resolve(),
    loadModels: () => Promise.resolve(),
    saveProvider: () => Promise.resolve(),
    removeProvider: () => Promise.resolve(),
    setProviderKey: () => Promise.resolve(),
    testProvider: ask('test', 'wait') === 'wait' ? never : refuse,
    updateSettings: () => Promise.resolve(),
    signIn: refuse,
  });
  document.documentElement.dataset['theme'] = theme;
  setLanguage(lang);
  const root = document.getElementById('root');
  if (root) createRoot(root).render(screens.screen(ask('screen', 'markdown'), ask('streaming', '') !== ''));
}

void start();
