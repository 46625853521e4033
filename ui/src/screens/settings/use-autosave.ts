// A text that saves itself: shortly after the last key, and at once when the field is left.

import { useCallback, useEffect, useRef, useState } from 'react';

const AFTER_MS = 800;

export function useAutosave(saved: string, save: (text: string) => void) {
  const [draft, setDraft] = useState<string | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const latest = useRef({ saved, save, draft });
  useEffect(() => {
    latest.current = { saved, save, draft };
  });
  const flush = useCallback(() => {
    clearTimeout(timer.current);
    const { draft: text, saved: before, save: write } = latest.current;
    if (text !== null && text !== before) write(text);
  }, []);
  // Leaving the page saves, too.
  useEffect(() => flush, [flush]);
  return {
    value: draft ?? saved,
    onChange: (text: string) => {
      setDraft(text);
      clearTimeout(timer.current);
      timer.current = setTimeout(flush, AFTER_MS);
    },
    onBlur: flush,
  };
}
