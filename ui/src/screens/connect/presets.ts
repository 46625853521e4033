// Services that most people mean, so that nobody has to know an address by heart.

export type PresetId = 'openai' | 'openrouter' | 'other';

export interface Preset {
  name: string;
  baseUrl: string;
  /** Taken when the service lists it. */
  model: string;
}

export const PRESETS: Record<PresetId, Preset> = {
  openai: { name: 'OpenAI', baseUrl: 'https://api.openai.com/v1', model: 'gpt-5-mini' },
  openrouter: { name: 'OpenRouter', baseUrl: 'https://openrouter.ai/api/v1', model: 'openai/gpt-5-mini' },
  other: { name: '', baseUrl: '', model: '' },
};

/** An id as the wire takes it, made of a name, and none of `taken`. */
export function providerId(name: string, taken: readonly string[]): string {
  const plain = name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 40);
  const base = plain === '' ? 'provider' : plain;
  let id = base;
  for (let count = 2; taken.includes(id); count += 1) id = `${base}-${count}`;
  return id;
}

export function isAddress(text: string): boolean {
  return /^https?:\/\//i.test(text) && URL.canParse(text);
}
