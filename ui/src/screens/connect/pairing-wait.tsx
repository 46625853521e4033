// The app asked to be let in at another computer, and waits for the yes there.

import { useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '@/parts/button';
import { host, type PairingNumber, type ServerEntry } from '@/platform';
import { WaitForYes } from '@/screens/sharing/phone/wait-for-yes';

interface PairingWaitProps {
  asked: PairingNumber;
  onYes: (server: ServerEntry) => void;
  onNo: (error: unknown) => void;
  onCancel: () => void;
}

export function PairingWait({ asked, onYes, onNo, onCancel }: PairingWaitProps) {
  const { t } = useTranslation();
  const server = useRef<ServerEntry | null>(null);
  const claim = async () => {
    server.current = (await host.desktop?.claimPairing()) ?? null;
    return server.current !== null;
  };
  return (
    <div>
      <WaitForYes
        asked={asked}
        heading="h3"
        claim={claim}
        onYes={() => {
          if (server.current !== null) onYes(server.current);
        }}
        onNo={onNo}
      />
      <Button className="mt-5 max-sm:w-full" onClick={onCancel}>
        {t('common.cancel')}
      </Button>
    </div>
  );
}
