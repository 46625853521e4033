// One of a list, where a menu is enough. Long lists get a search: see the model picker.

import { Check, ChevronDown } from 'lucide-react';
import { Select as Radix } from 'radix-ui';
import { classNames } from './class-names';
import { CONTROL } from './field';

export interface Option {
  value: string;
  label: string;
}

interface SelectProps {
  value: string;
  onValueChange: (value: string) => void;
  options: readonly Option[];
  /** The accessible name, where no `Field` around it gives one. */
  label?: string;
  id?: string;
  'aria-describedby'?: string | undefined;
  disabled?: boolean;
  /** Shown while nothing is chosen: the value is empty then. */
  placeholder?: string;
  className?: string;
}

export function Select({ value, onValueChange, options, label, className, disabled = false, placeholder, ...rest }: SelectProps) {
  return (
    <Radix.Root value={value} onValueChange={onValueChange} disabled={disabled}>
      <Radix.Trigger
        {...(label === undefined ? {} : { 'aria-label': label })}
        {...rest}
        className={classNames(CONTROL, 'flex h-10 items-center pointer-coarse:min-h-touch justify-between gap-2 px-3 text-left', className)}
      >
        <span className="truncate">
          <Radix.Value {...(placeholder === undefined ? {} : { placeholder })} />
        </span>
        <Radix.Icon className="text-ink-faint">
          <ChevronDown size={16} aria-hidden />
        </Radix.Icon>
      </Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          position="popper"
          sideOffset={4}
          collisionPadding={8}
          className="z-50 max-h-(--radix-select-content-available-height) min-w-(--radix-select-trigger-width) animate-rise-in overflow-hidden rounded-md border border-line bg-paper-raised text-ink shadow-lg"
        >
          <Radix.Viewport className="p-1">
            {options.map((option) => (
              <Radix.Item
                key={option.value}
                value={option.value}
                className="flex min-h-8 cursor-default pointer-coarse:min-h-touch items-center justify-between gap-3 rounded-sm px-2 py-1 outline-none select-none data-highlighted:bg-wash"
              >
                <Radix.ItemText>{option.label}</Radix.ItemText>
                <Radix.ItemIndicator className="text-accent">
                  <Check size={15} aria-hidden />
                </Radix.ItemIndicator>
              </Radix.Item>
            ))}
          </Radix.Viewport>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
