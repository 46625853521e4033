// What models cost for a million tokens, in the server's currency.

import { Plus, X } from 'lucide-react';
import { useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { toast } from 'sonner';
import type { Prices } from '@/generated/wire';
import { i18next } from '@/i18n';
import { Busy } from '@/parts/busy';
import { Button } from '@/parts/button';
import { Failure } from '@/parts/failure';
import { CONTROL, TextField } from '@/parts/field';
import { IconButton } from '@/parts/icon-button';
import { Notice } from '@/parts/notice';
import { useLoaded } from '@/parts/use-loaded';
import { useTask } from '@/parts/use-task';
import { ask } from '@/state/api';
import { moneyField, readMoney } from './money';

interface Line {
  key: number;
  model: string;
  prompt: string;
  answer: string;
}

const load = () => ask<Prices>('GET', '/api/prices');
const linesOf = ({ prices }: Prices): Line[] =>
  prices.map(({ model, prompt, answer }, key) => ({ key, model, prompt: moneyField(prompt), answer: moneyField(answer) }));

export function PricesForm() {
  const { t } = useTranslation();
  const { data, error, reload } = useLoaded(load);
  return (
    <section aria-label={t('admin.prices.title')} className="mt-12 flex flex-col gap-4 border-t pt-6">
      <div>
        <h2 className="text-lg font-semibold">{t('admin.prices.title')}</h2>
        <p className="mt-0.5 text-ink-soft">{t('admin.prices.intro')}</p>
      </div>
      {/* What was saved is the new beginning. */}
      {data !== null ? (
        <Table key={JSON.stringify(data)} prices={data} onSaved={() => void reload()} />
      ) : error === null ? (
        <Busy words={t('common.loading')} />
      ) : (
        <Failure error={error} onRetry={() => void reload()} />
      )}
    </section>
  );
}

function Table({ prices, onSaved }: { prices: Prices; onSaved: () => void }) {
  const { t } = useTranslation();
  const { run, busy, error } = useTask();
  const [currency, setCurrency] = useState(prices.currency);
  const [lines, setLines] = useState(() => linesOf(prices));
  const [wrong, setWrong] = useState(false);
  const change = (key: number, what: Partial<Line>) => setLines(lines.map((line) => (line.key === key ? { ...line, ...what } : line)));
  const add = () => setLines([...lines, { key: Math.max(-1, ...lines.map(({ key }) => key)) + 1, model: '', prompt: '', answer: '' }]);

  const submit = (event: FormEvent) => {
    event.preventDefault();
    const read = lines.map(({ model, prompt, answer }) => ({ model: model.trim(), prompt: readMoney(prompt), answer: readMoney(answer) }));
    const good = read.every(({ model, prompt, answer }) => model !== '' && prompt !== null && answer !== null) && currency.trim() !== '';
    setWrong(!good);
    if (!good) return;
    void run(async () => {
      await ask('PUT', '/api/prices', { currency: currency.trim(), prices: read });
      toast(i18next.t('admin.prices.saved'));
      onSaved();
    });
  };
  const cell = `${CONTROL} h-9 pointer-coarse:h-touch px-2.5`;
  return (
    <form onSubmit={submit} className="flex flex-col gap-4" noValidate>
      <TextField label={t('admin.prices.currency')} value={currency} maxLength={8} autoComplete="off" onChange={(event) => setCurrency(event.target.value)} className="w-32" />
      {lines.length === 0 ? null : (
        <table className="w-full table-fixed border-separate border-spacing-x-0 border-spacing-y-1.5">
          <thead className="text-left text-xs text-ink-faint">
            <tr>
              <th className="font-normal">{t('admin.prices.model')}</th>
              <th className="w-24 pl-2 font-normal sm:w-32">{t('admin.prices.prompt')}</th>
              <th className="w-24 pl-2 font-normal sm:w-32">{t('admin.prices.answer')}</th>
              <th className="w-9">
                <span className="sr-only">{t('admin.prices.remove')}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {lines.map((line, at) => (
              <tr key={line.key}>
                <td>
                  <input aria-label={`${t('admin.prices.model')} ${at + 1}`} placeholder="openai/gpt-5-mini" spellCheck={false} className={cell} value={line.model} onChange={(event) => change(line.key, { model: event.target.value })} />
                </td>
                {(['prompt', 'answer'] as const).map((side) => (
                  <td key={side} className="pl-2">
                    <input aria-label={`${t(`admin.prices.${side}`)} ${at + 1}`} inputMode="decimal" className={`${cell} tabular-nums`} value={line[side]} onChange={(event) => change(line.key, { [side]: event.target.value })} />
                  </td>
                ))}
                <td className="text-right">
                  <IconButton label={t('admin.prices.removeLabel', { model: line.model === '' ? String(at + 1) : line.model })} onClick={() => setLines(lines.filter(({ key }) => key !== line.key))}>
                    <X size={16} aria-hidden />
                  </IconButton>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {wrong ? (
        <Notice tone="danger" live>
          {t('admin.prices.wrong')}
        </Notice>
      ) : null}
      {error === null ? null : (
        <Notice tone="danger" live>
          {error}
        </Notice>
      )}
      <div className="flex flex-wrap gap-2">
        <Button icon={<Plus size={16} aria-hidden />} onClick={add}>
          {t('admin.prices.add')}
        </Button>
        <Button type="submit" busy={busy}>
          {t('common.save')}
        </Button>
      </div>
    </form>
  );
}
