// A block of code: what language it is, copy, wrap; scrolls inside itself.

import { Check, Copy, WrapText } from 'lucide-react';
import { useEffect, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { copyText } from '@/parts/copy-text';
import { CodeLines } from './code-lines';

interface CodeBlockProps {
  code: string;
  /** What the fence says. */
  label: string;
  /** Still being written. */
  open?: boolean;
  /** More buttons, before the usual ones. */
  actions?: ReactNode;
}

export function CodeBlock({ code, label, open = false, actions }: CodeBlockProps) {
  const { t } = useTranslation();
  const [wrap, setWrap] = useState(false);
  const name = label === '' ? t('markdown.plainText') : label;
  return (
    <figure className="code-block" data-wrap={wrap || undefined}>
      <figcaption>
        <span className="code-language">{name}</span>
        {actions}
        <button
          type="button"
          aria-pressed={wrap}
          aria-label={t('markdown.wrapLines')}
          title={t('markdown.wrapLines')}
          onClick={() => setWrap(!wrap)}
        >
          <WrapText aria-hidden />
        </button>
        <CopyButton text={code} />
      </figcaption>
      {/* Focusable, so that the keyboard can scroll long lines. */}
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <pre tabIndex={0} role="group" aria-label={t('markdown.codeIn', { language: name })}>
        <CodeLines code={code} label={label} open={open} />
      </pre>
    </figure>
  );
}

function CopyButton({ text }: { text: string }) {
  const { t } = useTranslation();
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return undefined;
    const timer = setTimeout(() => setCopied(false), 1600);
    return () => clearTimeout(timer);
  }, [copied]);
  return (
    <button
      type="button"
      aria-label={t('markdown.copyCode')}
      title={t('markdown.copyCode')}
      onClick={() => void copyText(text).then(setCopied)}
    >
      {copied ? <Check aria-hidden /> : <Copy aria-hidden />}
      <span role="status">{copied ? t('markdown.copied') : ''}</span>
    </button>
  );
}
