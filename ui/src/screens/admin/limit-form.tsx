// The limits of one level. What is left empty is decided by the next level, which is shown in the
// field's place.

import { useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { toast } from 'sonner';
import type { Limits, LimitsOf } from '@/generated/wire';
import { i18next } from '@/i18n';
import { formatNumber } from '@/i18n/numbers';
import { Button } from '@/parts/button';
import { TextField } from '@/parts/field';
import { Notice } from '@/parts/notice';
import { useTask } from '@/parts/use-task';
import { AllowedModels } from './allowed-models';
import { FIELDS, isMoney, readTexts, textsOf, type LimitField } from './limit-fields';
import { formatMoney } from './money';

interface Props {
  of: LimitsOf;
  said: Limits;
  /** What holds where this level says nothing. */
  otherwise: Limits;
  currency: string;
  onSave: (limits: Limits) => Promise<void>;
}

export function LimitForm({ of, said, otherwise, currency, onSave }: Props) {
  const { t } = useTranslation();
  const { run, busy, error } = useTask();
  const [texts, setTexts] = useState(() => textsOf(said));
  const [models, setModels] = useState(said.models ?? null);
  const [wrong, setWrong] = useState<LimitField[]>([]);

  const holds = (field: LimitField) => {
    const value = otherwise[field];
    if (value === undefined || value === null || value === 0) return t('admin.limits.noLimit');
    return isMoney(field) ? formatMoney(value, currency) : formatNumber(value);
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const { limits, wrong: bad } = readTexts(texts);
    setWrong(bad);
    if (bad.length > 0) return;
    void run(async () => {
      await onSave({ ...limits, ...(models !== null && { models }) });
      toast(i18next.t('admin.limits.saved'));
    });
  };
  return (
    <form onSubmit={submit} className="flex flex-col gap-6" noValidate>
      <div className="grid gap-x-5 gap-y-4 sm:grid-cols-2">
        {FIELDS.map((field) => (
          <TextField
            key={field}
            label={isMoney(field) ? `${t(`admin.limits.field.${field}`)} (${currency})` : t(`admin.limits.field.${field}`)}
            inputMode={isMoney(field) ? 'decimal' : 'numeric'}
            autoComplete="off"
            placeholder={holds(field)}
            value={texts[field]}
            onChange={(event) => setTexts({ ...texts, [field]: event.target.value })}
            error={wrong.includes(field) ? t('admin.limits.wrong') : undefined}
          />
        ))}
      </div>
      <AllowedModels allowed={models} onChange={setModels} />
      {error === null ? null : (
        <Notice tone="danger" live>
          {error}
        </Notice>
      )}
      <div className="flex flex-wrap items-center gap-3">
        <Button type="submit" tone="primary" busy={busy}>
          {t('common.save')}
        </Button>
        <p className="text-sm text-ink-faint">{t(of === 'user' || of === 'everyone' ? 'admin.limits.zero' : 'admin.limits.zeroAlone')}</p>
      </div>
    </form>
  );
}
