// Makes the last, unfinished block of a streaming text look like what it will be: no raw
// asterisks, no half link, no fence that blinks, no heading that turns back into a list.
// Only what is shown while streaming goes through here; a finished text is read as it is.

import remend from 'remend';

const FENCE = /^ {0,3}(`{3,}|~{3,})/;
// A last line that may become anything: a list, a heading, an underline, a quotation, a fence.
const UNDECIDED = /(^|\n)[ \t>]*([-=]+|[*+]|\d{1,9}[.)]?|#{1,6}|`{1,2}|~{1,2}|\|)[ \t]*$/;

export function halfOpen(source: string): string {
  if (FENCE.test(source)) return openFence(source);
  if (/^\s*\|/.test(source)) return openTable(source);
  if (/^ {0,3}\$\$/.test(source)) return source;
  return openText(source.replace(UNDECIDED, ''));
}

/** The beginning of a closing fence is no line of code yet. */
function openFence(source: string): string {
  return source.replace(/\n[ \t]*(`{1,2}|~{1,2})$/, '\n');
}

/** A table from its first row on: the row of dashes is written for the model. */
function openTable(source: string): string {
  const shown = source.replace(/\n[ \t]*\|?[ \t]*$/, '');
  const [head = '', dashes, ...rows] = shown.split('\n');
  if (dashes !== undefined && rows.length > 0) {
    return [head, dashes, ...rows.slice(0, -1), openText(rows.at(-1) ?? '')].join('\n');
  }
  const cells = head.trim().replace(/^\||\|$/g, '').split(/(?<!\\)\|/).length;
  if (dashes !== undefined) {
    const ruled = dashes.split('|').filter((cell) => /^\s*:?-+:?\s*$/.test(cell)).length;
    if (ruled >= cells || !/^[\s|:-]*$/.test(dashes)) return shown;
  }
  return `${head}\n${'|---'.repeat(cells)}|`;
}

function openText(source: string): string {
  return remend(source, {
    linkMode: 'text-only',
    comparisonOperators: false,
    singleTilde: false,
    setextHeadings: false,
    katex: true,
    inlineKatex: false,
  });
}
