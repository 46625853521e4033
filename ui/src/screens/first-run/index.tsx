// The one question of the first run: where answers come from. Everything can be left out, and is
// asked once per person.

import { ArrowLeft } from 'lucide-react';
import { Dialog } from 'radix-ui';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { toast } from 'sonner';
import { Mark } from '@/lib/mark';
import { Button } from '@/parts/button';
import { focusItself } from '@/parts/dialog';
import { actions } from '@/state/actions';
import { useApp } from '@/state/app-store';
import { LocalModels } from '../connect/local-models';
import { ProviderForm } from '../connect/provider-form';
import { ServerForm } from '../connect/server-form';
import { Choices, type Choice } from './choices';

/** The answer is kept by the server; without it the question would only come again. */
function finish(): void {
  actions.show('none');
  actions.updateSettings({ welcomed: true }).catch(() => undefined);
}

export default function FirstRun() {
  const { t } = useTranslation();
  const [choice, setChoice] = useState<Choice | null>(null);
  const local = useApp((state) => state.server?.remote === false);

  const connected = (name: string) => {
    toast(t('firstRun.connected', { name }));
    finish();
  };
  const titles: Record<Exclude<Choice, 'look'>, string> = {
    key: t('firstRun.apiKey'),
    local: local ? t('firstRun.local') : t('firstRun.localOnServer'),
    team: t('firstRun.team'),
  };

  return (
    <Dialog.Root open onOpenChange={(open) => (open ? undefined : finish())}>
      <Dialog.Portal>
        <Dialog.Content
          aria-describedby={undefined}
          onOpenAutoFocus={focusItself}
          // What comes next has the focus by now: see `use-keys-after.ts`.
          onCloseAutoFocus={(event) => event.preventDefault()}
          className="fixed inset-0 z-40 animate-fade-in overflow-y-auto bg-paper outline-none"
        >
          <div className="mx-auto flex min-h-full w-full max-w-form flex-col justify-center px-5 py-10 sm:px-8">
            {choice === null || choice === 'look' ? (
              <>
                <Mark className="size-11" />
                <p className="mt-6 text-ink-soft">{t('firstRun.welcome')}</p>
                <Dialog.Title className="mt-1 font-reading text-2xl font-medium text-balance">
                  {t('firstRun.question')}
                </Dialog.Title>
                <Choices onChoose={(next) => (next === 'look' ? finish() : setChoice(next))} />
                <div className="mt-4 flex flex-wrap items-center justify-between gap-3">
                  <p className="text-sm text-ink-faint">{t('firstRun.hint')}</p>
                  <Button tone="quiet" size="sm" className="-mx-2.5" onClick={finish}>
                    {t('firstRun.skip')}
                  </Button>
                </div>
              </>
            ) : (
              <>
                <div>
                  <Button
                    tone="quiet"
                    size="sm"
                    className="-ml-2.5"
                    icon={<ArrowLeft size={15} aria-hidden />}
                    onClick={() => setChoice(null)}
                  >
                    {t('common.back')}
                  </Button>
                </div>
                <Dialog.Title className="mt-3 mb-6 font-reading text-2xl font-medium text-balance">
                  {titles[choice]}
                </Dialog.Title>
                {choice === 'key' ? <ProviderForm onDone={connected} /> : null}
                {choice === 'local' ? <LocalModels onDone={connected} /> : null}
                {choice === 'team' ? (
                  <ServerForm
                    onDone={async () => {
                      actions.show('none');
                      await actions.reconnectToHost();
                    }}
                  />
                ) : null}
              </>
            )}
          </div>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
