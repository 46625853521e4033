// Menus: one that drops from a button, one at the pointer. Both have the same rows.

import { Check } from 'lucide-react';
import { ContextMenu as Context, DropdownMenu as Dropdown } from 'radix-ui';
import { createContext, use, type ReactNode } from 'react';
import { classNames } from './class-names';

const AtPointer = createContext(false);

const PANEL =
  'z-50 min-w-48 max-w-[min(22rem,calc(100vw-1rem))] max-h-(--radix-popper-available-height) animate-rise-in overflow-y-auto rounded-md border border-line bg-paper-raised p-1 text-base text-ink shadow-lg';
const ROW =
  'flex min-h-8 w-full pointer-coarse:min-h-touch cursor-default items-center gap-2.5 rounded-sm px-2 py-1 outline-none select-none data-highlighted:bg-wash data-disabled:text-ink-faint';

export const Menu = Dropdown.Root;
export const MenuTrigger = Dropdown.Trigger;

interface MenuContentProps {
  align?: 'start' | 'center' | 'end';
  side?: 'top' | 'bottom' | 'left' | 'right';
  className?: string;
  children: ReactNode;
}

export function MenuContent({ align = 'start', side = 'bottom', className, children }: MenuContentProps) {
  return (
    <Dropdown.Portal>
      <Dropdown.Content
        align={align}
        side={side}
        sideOffset={4}
        collisionPadding={8}
        className={classNames(PANEL, className)}
      >
        {children}
      </Dropdown.Content>
    </Dropdown.Portal>
  );
}

/** A context menu: the right button, the menu key, or a long press. */
export function ContextMenu({ children }: { children: ReactNode }) {
  return (
    <AtPointer value={true}>
      <Context.Root>{children}</Context.Root>
    </AtPointer>
  );
}

export const ContextMenuTrigger = Context.Trigger;

export function ContextMenuContent({ children }: { children: ReactNode }) {
  return (
    <Context.Portal>
      <Context.Content collisionPadding={8} className={PANEL}>
        {children}
      </Context.Content>
    </Context.Portal>
  );
}

interface MenuItemProps {
  icon?: ReactNode;
  shortcut?: string;
  danger?: boolean;
  disabled?: boolean;
  /** A second, quieter line. */
  hint?: string;
  onSelect?: (event: Event) => void;
  children: ReactNode;
}

export function MenuItem({ icon, shortcut, danger = false, hint, children, ...rest }: MenuItemProps) {
  const Item = use(AtPointer) ? Context.Item : Dropdown.Item;
  return (
    <Item
      className={classNames(ROW, danger && 'text-danger data-highlighted:bg-danger-wash')}
      {...rest}
    >
      {icon === undefined ? null : (
        <span aria-hidden className={classNames('grid min-w-4 shrink-0 place-items-center', !danger && 'text-ink-soft')}>
          {icon}
        </span>
      )}
      <span className="min-w-0 flex-1">
        <span className="line-clamp-3 wrap-anywhere">{children}</span>
        {hint === undefined ? null : <span className="block text-xs text-ink-faint">{hint}</span>}
      </span>
      {shortcut === undefined ? null : <span className="text-xs text-ink-faint pointer-coarse:hidden">{shortcut}</span>}
    </Item>
  );
}

interface MenuChoiceProps {
  value: string;
  hint?: string;
  children: ReactNode;
}

/** Rows of which one is chosen. */
export function MenuChoices({ value, onValueChange, children }: { value: string; onValueChange: (value: string) => void; children: ReactNode }) {
  const Group = use(AtPointer) ? Context.RadioGroup : Dropdown.RadioGroup;
  return (
    <Group value={value} onValueChange={onValueChange}>
      {children}
    </Group>
  );
}

export function MenuChoice({ value, hint, children }: MenuChoiceProps) {
  const Parts = use(AtPointer) ? Context : Dropdown;
  return (
    <Parts.RadioItem value={value} className={ROW}>
      <span className="min-w-0 flex-1">
        <span className="line-clamp-3 wrap-anywhere">{children}</span>
        {hint === undefined ? null : <span className="block text-xs text-ink-faint">{hint}</span>}
      </span>
      <Parts.ItemIndicator className="text-accent">
        <Check size={15} aria-hidden />
      </Parts.ItemIndicator>
    </Parts.RadioItem>
  );
}

export function MenuLabel({ children }: { children: ReactNode }) {
  const Label = use(AtPointer) ? Context.Label : Dropdown.Label;
  return <Label className="px-2 pt-1.5 pb-1 text-xs text-ink-faint">{children}</Label>;
}

export function MenuSeparator() {
  const Separator = use(AtPointer) ? Context.Separator : Dropdown.Separator;
  return <Separator className="mx-1 my-1 h-px bg-line" />;
}
