// Which whole sentences are new in a growing text: a screen reader is told those, never tokens.

/** Where the last finished sentence of `text` ends; a line break ends one as well. */
export function finishedUpTo(text: string): number {
  let end = 0;
  for (const match of text.matchAll(/[.!?…。！？]+["'”’»)\]]*(?=\s)|\n+/g)) end = match.index + match[0].length;
  return end;
}

/** Marks of Markdown are no words. */
export function spoken(markdown: string): string {
  return markdown
    .replace(/```[^\n]*/g, '')
    .replace(/!?\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/[*_`#>|~]+/g, '')
    .replace(/\s+/g, ' ')
    .trim();
}
