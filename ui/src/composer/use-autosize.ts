// A field that is as tall as its text, up to so many lines.

import { useLayoutEffect, type RefObject } from 'react';

function fit(element: HTMLTextAreaElement, lines: number): void {
  const { style } = element;
  style.height = 'auto';
  const { lineHeight, paddingTop, paddingBottom } = getComputedStyle(element);
  const padding = Number.parseFloat(paddingTop) + Number.parseFloat(paddingBottom);
  const most = (Number.parseFloat(lineHeight) || 24) * lines + padding;
  style.height = `${Math.min(element.scrollHeight, most)}px`;
  style.overflowY = element.scrollHeight > most ? 'auto' : 'hidden';
}

export function useAutosize(field: RefObject<HTMLTextAreaElement | null>, text: string, lines: number): void {
  useLayoutEffect(() => {
    if (field.current !== null) fit(field.current, lines);
  }, [field, text, lines]);
}
