// Words that become a field where they stand: a click, or the focus, and one writes. Enter or
// leaving keeps, Escape takes back. What others write meanwhile shows as soon as one has left.

import { useState, type KeyboardEvent } from 'react';
import { classNames } from '@/parts/class-names';

interface Props {
  value: string;
  label: string;
  /** What stands there while it is empty. */
  placeholder?: string;
  /** Several lines: Enter breaks, Ctrl+Enter keeps. */
  lines?: boolean;
  /** Leaving it empty is taken back. */
  required?: boolean;
  maxLength?: number;
  className?: string;
  onSave: (value: string) => void;
}

export function EditableText({ value, label, lines = false, required = false, className, onSave, ...rest }: Props) {
  const [draft, setDraft] = useState<string | null>(null);

  const finish = (text: string) => {
    setDraft(null);
    const clean = text.trim();
    if (clean !== value && !(required && clean === '')) onSave(clean);
  };
  const pressed = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    if (event.nativeEvent.isComposing) return;
    const { currentTarget } = event;
    if (event.key === 'Escape') {
      // Not the way out of what is around it.
      event.stopPropagation();
      setDraft(null);
      // Leaving must find the old words.
      requestAnimationFrame(() => currentTarget.blur());
    } else if (event.key === 'Enter' && (!lines || event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      currentTarget.blur();
    }
  };

  return (
    <textarea
      value={draft ?? value}
      dir="auto"
      aria-label={label}
      rows={1}
      className={classNames(
        'field-sizing-content -mx-2 block w-[calc(100%+1rem)] resize-none rounded-md bg-transparent px-2 py-1 transition-colors hover:bg-wash focus:bg-paper-raised pointer-coarse:min-h-touch pointer-coarse:py-2.5',
        className,
      )}
      onFocus={() => setDraft((now) => now ?? value)}
      onChange={(event) => setDraft(lines ? event.target.value : event.target.value.replace(/\n/g, ' '))}
      onBlur={(event) => finish(event.target.value)}
      onKeyDown={pressed}
      {...rest}
    />
  );
}
