// A title being changed in its place: Enter keeps, Escape takes back, leaving keeps.

import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';

interface Props {
  title: string;
  className?: string;
  onDone(title: string | null): void;
}

export function RenameField({ title, className, onDone }: Props) {
  const { t } = useTranslation();
  const field = useRef<HTMLInputElement>(null);
  const done = useRef(false);
  useEffect(() => field.current?.select(), []);

  const finish = (value: string | null) => {
    if (done.current) return;
    done.current = true;
    onDone(value);
  };

  return (
    <input
      ref={field}
      dir="auto"
      defaultValue={title}
      aria-label={t('sidebar.renameField')}
      maxLength={200}
      className={`w-full min-w-0 rounded-sm bg-paper-raised px-1 -mx-1 outline-2 outline-focus ${className ?? ''}`}
      onBlur={(event) => finish(event.currentTarget.value)}
      onKeyDown={(event) => {
        event.stopPropagation();
        if (event.nativeEvent.isComposing) return;
        if (event.key === 'Enter') finish(event.currentTarget.value);
        if (event.key === 'Escape') finish(null);
      }}
    />
  );
}
