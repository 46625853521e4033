// Keeps the end in view while the reader is at the end, and only then. Content grows by tokens,
// measured rows and loading pictures; all of that arrives here as a change of height.

import { useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react';

/** So near the end counts as being there. */
const NEAR_PX = 40;

/** What a reader scrolls with, and how long a scroll may come after it. */
const GESTURES = ['wheel', 'touchmove', 'keydown', 'pointerdown', 'pointermove'] as const;
const GESTURE_MS = 300;

function scrollToEnd(box: HTMLElement | null): void {
  box?.scrollTo({ top: box.scrollHeight, behavior: 'instant' });
}

export function useStickToEnd() {
  const scroller = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const stuck = useRef(true);
  const [atEnd, setAtEnd] = useState(true);

  const toEnd = useCallback(() => {
    stuck.current = true;
    setAtEnd(true);
    scrollToEnd(scroller.current);
  }, []);

  useLayoutEffect(() => {
    const inner = content.current;
    if (inner === null) return;
    const observer = new ResizeObserver(() => {
      if (stuck.current) scrollToEnd(scroller.current);
    });
    observer.observe(inner);
    if (scroller.current !== null) observer.observe(scroller.current);
    return () => observer.disconnect();
  }, []);

  useEffect(() => {
    const box = scroller.current;
    if (box === null) return;
    let last = box.scrollTop;
    let height = box.scrollHeight;
    let moved = -Infinity;
    const moves = () => {
      moved = performance.now();
    };
    const scrolled = () => {
      const near = box.scrollHeight - box.scrollTop - box.clientHeight < NEAR_PX;
      // Growth moves the end away, and rows that turn out smaller than thought push the view up.
      // A move upwards is the reader's own where a hand was at it, or nothing changed its height.
      const byHand = performance.now() - moved < GESTURE_MS || box.scrollHeight === height;
      if (near) stuck.current = true;
      else if (box.scrollTop < last && byHand) stuck.current = false;
      else if (stuck.current) scrollToEnd(box);
      last = box.scrollTop;
      height = box.scrollHeight;
      setAtEnd(stuck.current);
    };
    box.addEventListener('scroll', scrolled, { passive: true });
    for (const gesture of GESTURES) box.addEventListener(gesture, moves, { passive: true });
    return () => {
      box.removeEventListener('scroll', scrolled);
      for (const gesture of GESTURES) box.removeEventListener(gesture, moves);
    };
  }, []);

  return { scroller, content, atEnd, toEnd };
}
