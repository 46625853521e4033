// A text to be taken along: shown whole, copied by one click.

import { Check, Copy } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { toast } from 'sonner';
import { copyText } from '@/parts/copy-text';
import { IconButton } from '@/parts/icon-button';

export function CopyLine({ text, label }: { text: string; label: string }) {
  const { t } = useTranslation();
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    const done = await copyText(text);
    setCopied(done);
    toast(done ? t('toast.copied') : t('common.copyFailed'));
  };
  return (
    <div className="flex items-center gap-1 rounded-md bg-wash py-1 pr-1 pl-3">
      <code className="min-w-0 flex-1 font-mono text-sm break-all select-all">{text}</code>
      <IconButton label={label} onClick={() => void copy()}>
        {copied ? <Check size={16} aria-hidden /> : <Copy size={16} aria-hidden />}
      </IconButton>
    </div>
  );
}
