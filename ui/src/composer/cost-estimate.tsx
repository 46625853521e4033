// What a long message would cost with its chat, before it is sent; and that it would not be taken.

import { useTranslation } from 'react-i18next';
import { formatMoney, formatNumber } from '@/i18n/numbers';
import { fitsMessage } from '@/client/longest';
import { errorText, reasonText } from '@/i18n/reason-text';
import { useEstimate } from './use-estimate';

export function CostEstimate({ chatId, text }: { chatId: string | null; text: string }) {
  const { t } = useTranslation();
  const estimate = useEstimate(chatId, text);
  if (!fitsMessage(text)) return <Refusal words={reasonText('too_long')} />;
  // The guide is no model: it needs nothing.
  if (estimate === null || (estimate.model === null && estimate.cost === 0)) return null;
  if (estimate.refusal !== undefined) {
    return <Refusal words={errorText(estimate.refusal)} />;
  }
  // Two digits say all that an estimate knows.
  const tokens = formatNumber(estimate.promptTokens + estimate.answerTokens, { maximumSignificantDigits: 2 });
  return (
    <span role="status" className="text-right text-xs text-ink-faint">
      {estimate.cost === null
        ? t('composer.estimate', { tokens })
        : t('composer.estimateCost', { tokens, cost: formatMoney(estimate.cost, estimate.currency) })}
    </span>
  );
}

function Refusal({ words }: { words: string }) {
  return (
    <span role="status" className="text-right text-xs text-danger">
      {words}
    </span>
  );
}
