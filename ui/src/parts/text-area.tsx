// Several lines of text, growing with what is written up to `mostRows`.

import type { ComponentProps, ReactNode } from 'react';
import { CONTROL, Field } from './field';
import { classNames } from './class-names';

interface TextAreaProps extends Omit<ComponentProps<'textarea'>, 'id'> {
  label: string;
  hint?: ReactNode;
  error?: string | undefined;
  aside?: ReactNode;
}

export function TextArea({ label, hint, error, aside, className, rows = 3, ...rest }: TextAreaProps) {
  return (
    <Field label={label} {...(hint === undefined ? {} : { hint })} error={error} aside={aside}>
      {(parts) => (
        <textarea
          {...parts}
          dir="auto"
          rows={rows}
          className={classNames(CONTROL, 'field-sizing-content max-h-80 min-h-20 resize-y px-3 py-2 leading-6', className)}
          {...rest}
        />
      )}
    </Field>
  );
}
