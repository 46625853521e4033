// Keeps the end in view while the reader is at the end, and only then. Content grows by tokens,
// measured rows and loading pictures; all of that arrives here as a change of height.

import { useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react';

/** So near the end counts as being there. */
const NEAR_PX = 40;

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
    const scrolled = () => {
      const near = box.scrollHeight - box.scrollTop - box.clientHeight < NEAR_PX;
      // Growth moves the end away from the reader; only a move upwards is the reader's own.
      if (near) stuck.current = true;
      else if (box.scrollTop < last) stuck.current = false;
      last = box.scrollTop;
      setAtEnd(stuck.current);
    };
    box.addEventListener('scroll', scrolled, { passive: true });
    return () => box.removeEventListener('scroll', scrolled);
  }, []);

  return { scroller, content, atEnd, toEnd };
}
