// Something is under way. For two seconds a quiet ring says so; then words do, too.

import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { classNames } from './class-names';

const WORDS_AFTER_MS = 2000;

interface BusyProps {
  /** What is being waited for. Null where the button around it says it already. */
  words?: string | null;
  /** Say the words from the beginning. */
  atOnce?: boolean;
  className?: string;
}

export function Busy({ words, atOnce = false, className }: BusyProps) {
  const { t } = useTranslation();
  const [late, setLate] = useState(atOnce);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), WORDS_AFTER_MS);
    return () => clearTimeout(timer);
  }, []);
  const ring = (
    <span
      aria-hidden
      className="inline-block size-3.5 shrink-0 animate-spin rounded-full border-2 border-current border-t-transparent opacity-60"
    />
  );
  if (words === null) return ring;
  return (
    <span role="status" className={classNames('inline-flex items-center gap-2 text-ink-soft', className)}>
      {ring}
      {late ? (words ?? t('common.stillWorking')) : null}
    </span>
  );
}
