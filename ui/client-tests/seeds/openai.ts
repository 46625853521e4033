// Stands for the package `openai` in the seed's own server: it says back what it was asked.

interface Asked {
  model: string;
  messages: { role: string; content: string }[];
  stream: true;
}

interface Chunk {
  choices: { delta?: { content?: string } }[];
}

async function* echo(text: string): AsyncGenerator<Chunk> {
  for (const word of text.split(/(?<= )/)) yield { choices: [{ delta: { content: word } }] };
}

export class OpenAI {
  readonly chat = {
    completions: { create: async ({ messages }: Asked) => echo(`Echo: ${messages.at(-1)?.content ?? ''}`) },
  };
}
