// A few choices side by side, one of them chosen.

import { RadioGroup } from 'radix-ui';
import type { ReactNode } from 'react';
import { classNames } from './class-names';

interface Segment<T extends string> {
  value: T;
  label: string;
  icon?: ReactNode;
}

interface SegmentedControlProps<T extends string> {
  label: string;
  value: T;
  onValueChange: (value: T) => void;
  segments: readonly Segment<T>[];
  className?: string;
}

export function SegmentedControl<T extends string>({
  label,
  value,
  onValueChange,
  segments,
  className,
}: SegmentedControlProps<T>) {
  return (
    <RadioGroup.Root
      aria-label={label}
      value={value}
      onValueChange={(next) => onValueChange(next as T)}
      orientation="horizontal"
      className={classNames('flex gap-0.5 rounded-md bg-wash p-0.5', className)}
    >
      {segments.map((segment) => (
        <RadioGroup.Item
          key={segment.value}
          value={segment.value}
          className="flex min-h-8 flex-1 pointer-coarse:min-h-touch items-center justify-center gap-1.5 rounded-sm px-3 whitespace-nowrap text-ink-soft transition-colors hover:text-ink data-[state=checked]:bg-chosen data-[state=checked]:font-medium data-[state=checked]:text-ink data-[state=checked]:shadow-sm"
        >
          {segment.icon}
          {segment.label}
        </RadioGroup.Item>
      ))}
    </RadioGroup.Root>
  );
}
