import { describe, expect, it } from 'vitest';
import type { ModelProblem, WireModel, WireProvider } from '@/client/wire';
import { onlyGuide } from './use-only-guide';

const model = (provider: string): WireModel => ({ id: `${provider}/one`, provider, name: 'one' });
const provider = (providerId: string) => ({ providerId }) as WireProvider;
const problem = { reason: 'unreachable', message: 'it does not answer' } as ModelProblem;
const asked = (list: WireModel[], problems: ModelProblem[] = [], loaded = true) => ({ list, problems, loaded });

describe('whether only the guide answers', () => {
  it('is not said before the server told its models, as after a reload', () => {
    expect(onlyGuide({ models: asked([], [], false), providers: null })).toBe(false);
    expect(onlyGuide({ models: asked([], [], false), providers: [provider('guide')] })).toBe(false);
  });

  it('is not said of a provider that is silent or lists nothing yet', () => {
    expect(onlyGuide({ models: asked([]), providers: [provider('ollama')] }), 'it lists nothing').toBe(false);
    expect(onlyGuide({ models: asked([], [problem]), providers: null }), 'it does not answer').toBe(false);
    expect(onlyGuide({ models: asked([model('guide')], [problem]), providers: null }), 'nor beside the guide').toBe(false);
  });

  it('is said where there is nothing else', () => {
    expect(onlyGuide({ models: asked([]), providers: [] })).toBe(true);
    expect(onlyGuide({ models: asked([]), providers: null }), 'to those who see no providers').toBe(true);
    expect(onlyGuide({ models: asked([model('guide')]), providers: [provider('guide')] })).toBe(true);
    expect(onlyGuide({ models: asked([model('guide'), model('ollama')]), providers: null })).toBe(false);
  });
});
