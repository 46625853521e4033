// What the model thought before it spoke: folded away, one line tall, there for whoever wants it.

import { ChevronRight } from 'lucide-react';
import { Collapsible } from 'radix-ui';
import type { ReactNode } from 'react';

export function Reasoning({ label, text, live }: { label: ReactNode; text: string; live: boolean }) {
  return (
    <Collapsible.Root className="mb-2 border-l-2 pl-3">
      <Collapsible.Trigger className="group flex min-h-6 pointer-coarse:min-h-touch items-center gap-1 rounded-xs text-sm text-ink-soft hover:text-ink">
        <span className={live ? 'animate-pulse-quiet' : ''}>{label}</span>
        <ChevronRight
          size={14}
          aria-hidden="true"
          className="transition-transform group-data-[state=open]:rotate-90"
        />
      </Collapsible.Trigger>
      <Collapsible.Content>
        <p className="whitespace-pre-wrap break-words py-1.5 text-sm text-ink-soft">{text}</p>
      </Collapsible.Content>
    </Collapsible.Root>
  );
}
