// Copies a turn as Markdown and says that it did.

import { Check, Copy } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { toast } from 'sonner';
import { IconButton } from '@/parts/icon-button';
import { actions } from '@/state/actions';

export function CopyButton({ text }: { text: string }) {
  const { t } = useTranslation();
  const [copied, setCopied] = useState(false);

  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 1800);
    return () => clearTimeout(timer);
  }, [copied]);

  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setCopied(true);
      actions.announce(t('common.copied'));
    } catch {
      toast.error(t('common.copyFailed'));
    }
  };

  return (
    <IconButton size="sm" label={copied ? t('common.copied') : t('thread.copyMarkdown')} onClick={() => void copy()}>
      {copied ? <Check size={15} className="text-accent" /> : <Copy size={15} />}
    </IconButton>
  );
}
