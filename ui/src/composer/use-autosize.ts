// A field that is as tall as its text, up to so many lines.

import { useLayoutEffect, type RefObject } from 'react';

export function useAutosize(field: RefObject<HTMLTextAreaElement | null>, text: string, lines: number): void {
  useLayoutEffect(() => {
    const element = field.current;
    if (element === null) return;
    element.style.height = 'auto';
    const line = Number.parseFloat(getComputedStyle(element).lineHeight) || 24;
    const style = getComputedStyle(element);
    const padding = Number.parseFloat(style.paddingTop) + Number.parseFloat(style.paddingBottom);
    const most = line * lines + padding;
    element.style.height = `${Math.min(element.scrollHeight, most)}px`;
    element.style.overflowY = element.scrollHeight > most ? 'auto' : 'hidden';
  }, [field, text, lines]);
}
