// A label, a control, a hint and what is wrong with it, tied together for those who cannot see
// that they belong together.

import { useId, type ComponentProps, type ReactNode } from 'react';
import { classNames } from './class-names';

export interface FieldParts {
  id: string;
  'aria-describedby': string | undefined;
  'aria-invalid': true | undefined;
}

interface FieldProps {
  label: string;
  hint?: ReactNode;
  error?: string | undefined;
  /** What stands at the end of the label's line. */
  aside?: ReactNode;
  className?: string;
  children: (parts: FieldParts) => ReactNode;
}

export function Field({ label, hint, error, aside, className, children }: FieldProps) {
  const id = useId();
  const described = [hint !== undefined && `${id}-hint`, error !== undefined && `${id}-error`].filter(Boolean);
  return (
    <div className={classNames('flex flex-col gap-1.5', className)}>
      <div className="flex items-baseline justify-between gap-3">
        <label htmlFor={id} className="font-medium">
          {label}
        </label>
        {aside}
      </div>
      {children({
        id,
        'aria-describedby': described.length > 0 ? described.join(' ') : undefined,
        'aria-invalid': error === undefined ? undefined : true,
      })}
      {error === undefined ? null : (
        <p id={`${id}-error`} role="alert" className="text-sm text-danger">
          {error}
        </p>
      )}
      {hint === undefined ? null : (
        <p id={`${id}-hint`} className="text-sm text-ink-faint">
          {hint}
        </p>
      )}
    </div>
  );
}

export const CONTROL =
  'w-full rounded-md border border-line-strong bg-paper-raised text-ink transition-colors hover:border-ink-faint focus-visible:outline-offset-0 aria-invalid:border-danger disabled:opacity-60 pointer-coarse:text-[1rem]';

interface TextFieldProps extends Omit<ComponentProps<'input'>, 'id'> {
  label: string;
  hint?: ReactNode;
  error?: string | undefined;
  aside?: ReactNode;
  /** A button inside, at the end. */
  end?: ReactNode;
  /** Of what is typed; `className` is of the whole. */
  typed?: string;
}

/** One line of text. */
export function TextField({ label, hint, error, aside, end, typed, className, ...rest }: TextFieldProps) {
  return (
    <Field label={label} {...(hint === undefined ? {} : { hint })} error={error} aside={aside} {...(className === undefined ? {} : { className })}>
      {(parts) => (
        <span className="relative flex items-center">
          <input {...parts} className={classNames(CONTROL, 'h-10 px-3 pointer-coarse:h-touch', end !== undefined && 'pr-10 pointer-coarse:pr-12', typed)} {...rest} />
          {end === undefined ? null : <span className="absolute right-1 pointer-coarse:right-0">{end}</span>}
        </span>
      )}
    </Field>
  );
}
