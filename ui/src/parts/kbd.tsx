// Keys, as they stand on the keyboard. `keys` is one string: "Ctrl+K".

import { classNames } from './class-names';

export function Kbd({ keys, inverted = false }: { keys: string; inverted?: boolean }) {
  return (
    <kbd className="inline-flex gap-0.5 font-sans text-xs">
      {keys.split(/(?<=.)\+/).map((key) => (
        <span
          key={key}
          className={classNames(
            'inline-grid min-w-5 place-items-center rounded-xs px-1 leading-5',
            inverted ? 'text-paper opacity-75' : 'border border-line bg-paper-raised text-ink-soft',
          )}
        >
          {key}
        </span>
      ))}
    </kbd>
  );
}
