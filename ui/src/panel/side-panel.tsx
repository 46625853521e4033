// A panel at the right, beside the conversation; on a narrow window it lies over it.

import { X } from 'lucide-react';
import { Dialog } from 'radix-ui';
import { useSyncExternalStore, type ReactNode } from 'react';
import { IconButton } from '@/parts/icon-button';

const wide = window.matchMedia('(min-width: 64rem)');

function onWidth(listener: () => void): () => void {
  wide.addEventListener('change', listener);
  return () => wide.removeEventListener('change', listener);
}

interface Props {
  id: string;
  title: string;
  closeLabel: string;
  onClose: () => void;
  children: ReactNode;
}

export function SidePanel({ id, title, closeLabel, onClose, children }: Props) {
  const beside = useSyncExternalStore(onWidth, () => wide.matches);
  const closer = (
    <IconButton label={closeLabel} onClick={onClose}>
      <X size={17} />
    </IconButton>
  );
  if (beside) {
    return (
      <aside
        aria-labelledby={id}
        className="flex w-panel shrink-0 animate-fade-in flex-col overflow-y-auto border-l bg-paper-sunk"
      >
        <div className="flex h-13 shrink-0 items-center justify-between pr-2 pl-5">
          <h2 id={id} className="font-semibold">
            {title}
          </h2>
          {closer}
        </div>
        {children}
      </aside>
    );
  }
  return (
    <Dialog.Root open onOpenChange={onClose}>
      <Dialog.Portal>
        <Dialog.Overlay className="fixed inset-0 z-40 animate-fade-in bg-scrim" />
        <Dialog.Content
          aria-describedby={undefined}
          className="fixed inset-y-0 right-0 z-40 flex w-[min(22rem,92vw)] animate-fade-in flex-col overflow-y-auto bg-paper-sunk shadow-lg"
        >
          <div className="flex h-13 shrink-0 items-center justify-between pr-2 pl-5">
            <Dialog.Title className="font-semibold">{title}</Dialog.Title>
            {closer}
          </div>
          {children}
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
