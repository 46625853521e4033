// What a finger would miss: controls smaller than 44 px, the unseen area around them included.
// Links and buttons within a sentence are as high as its lines, and a link that skips is for keys.
import type { Locator } from 'playwright-core';

const TOUCH_PX = 44;

/** One line for each control in `part` that is too small. */
export function missedByFinger(part: Locator): Promise<string[]> {
  return part.evaluate((root, least) => {
    const CONTROLS = 'button, a[href]:not([href^="#"]), input:not([type=file], [aria-hidden=true]), textarea, summary, [role=tab], [role=option], [role^=menuitem], [role=switch], [role=slider]';
    const number = (length: string) => Number.parseFloat(length) || 0;
    /** Its box, its label's if a tap there does the same, and what `touch-area` puts around it. */
    const size = (element: Element) => {
      const box = (element.closest('label') ?? element).getBoundingClientRect();
      const around = getComputedStyle(element, '::after');
      if (around.content === 'none' || around.position !== 'absolute') return { width: box.width, height: box.height };
      return {
        width: box.width - Math.min(0, number(around.left) + number(around.right)),
        height: box.height - Math.min(0, number(around.top) + number(around.bottom)),
      };
    };
    const inSentence = (element: Element) => getComputedStyle(element).display === 'inline';
    const forEyesOrFingers = (element: Element) => element.checkVisibility() && element.getBoundingClientRect().width > 1;
    return [...root.querySelectorAll(CONTROLS)]
      .filter((element) => forEyesOrFingers(element) && !inSentence(element))
      .map((element) => ({ element, ...size(element) }))
      .filter(({ width, height }) => Math.min(width, height) < least - 0.5)
      .map(({ element, width, height }) => {
        const name = element.getAttribute('aria-label') ?? (element.textContent?.trim() || element.id);
        return `${element.tagName.toLowerCase()} “${name.slice(0, 60)}”: ${width.toFixed(1)} × ${height.toFixed(1)}`;
      });
  }, TOUCH_PX);
}
