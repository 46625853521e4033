import { describe, expect, it } from 'vitest';
import { halfOpen } from './half-open';

describe('halfOpen', () => {
  it.each([
    ['some **bold', 'some **bold**'],
    ['a `code', 'a `code`'],
    ['see [the man', 'see the man'],
    ['see [the manual](https://exa', 'see the manual'],
    ['Items:\n-', 'Items:'],
    ['Items:\n1.', 'Items:'],
    ['- a\n-', '- a'],
    ['##', ''],
    ['text\n``', 'text'],
    ['```rust\nlet a\n``', '```rust\nlet a\n'],
    ['| a | b |', '| a | b |\n|---|---|'],
    ['| a | b |\n|--', '| a | b |\n|---|---|'],
    ['| a | b |\n|---|---|\n| 1 |', '| a | b |\n|---|---|\n| 1 |'],
    ['| a | b |\n|---|---|\n| **1', '| a | b |\n|---|---|\n| **1**'],
    ['| a | b |\n|---|---|\n|', '| a | b |\n|---|---|'],
    ['a plain sentence.', 'a plain sentence.'],
  ])('%j is shown as %j', (source, shown) => {
    expect(halfOpen(source).trimEnd()).toBe(shown.trimEnd());
  });
});
