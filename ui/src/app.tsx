// The frame of the window: the sidebar, the conversation, and what lies over both.

import { Dialog } from 'radix-ui';
import { lazy, Suspense, useCallback, useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { Composer } from './composer/composer';
import { Toaster } from './parts/toaster';
import { ConnectionBanner } from './shell/connection-banner';
import { Header } from './shell/header';
import { Sidebar } from './shell/sidebar';
import { useBroughtCode } from './screens/sharing/phone/pairing';
import { useRefusedFiles } from './shell/use-refused-files';
import { useShortcuts } from './shell/use-shortcuts';
import { useTitle } from './shell/use-title';
import { actions } from './state/actions';
import { getState, useApp } from './state/app-store';
import { boot } from './state/boot';
import { Conversation } from './thread/conversation';
import { LiveRegion } from './thread/live-region';
import { Overlays } from './shell/overlays';

const AdminPage = lazy(() => import('./screens/admin'));
const ChatPanel = lazy(() => import('./panel/chat-panel'));
const Join = lazy(() => import('./screens/join'));
const MonitorPanel = lazy(() => import('./monitor/monitor-panel'));
const ObjectivesPage = lazy(() => import('./objectives/objectives-page'));
const PairThisDevice = lazy(() => import('./screens/sharing/phone'));
const SignIn = lazy(() => import('./screens/sign-in'));

const isPhone = () => window.matchMedia('(max-width: 47.99rem)').matches;
const sidebarShown = () => (isPhone() ? getState().drawerOpen : getState().device.sidebarOpen);

function showSidebar(shown: boolean): void {
  if (isPhone()) actions.setDrawer(shown);
  else if (shown !== getState().device.sidebarOpen) actions.setDevice({ sidebarOpen: shown });
}

function Drawer() {
  const { t } = useTranslation();
  const open = useApp((state) => state.drawerOpen);
  return (
    <Dialog.Root open={open} onOpenChange={actions.setDrawer}>
      <Dialog.Portal>
        <Dialog.Overlay className="fixed inset-0 z-40 animate-fade-in bg-scrim md:hidden" />
        <Dialog.Content
          aria-describedby={undefined}
          className="fixed inset-y-0 left-0 z-40 w-[min(20rem,86vw)] animate-fade-in shadow-lg md:hidden"
        >
          <Dialog.Title className="sr-only">{t('sidebar.label')}</Dialog.Title>
          <Sidebar drawer onHide={() => actions.setDrawer(false)} />
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function Window() {
  const { t } = useTranslation();
  const sidebarOpen = useApp((state) => state.device.sidebarOpen);
  const panelOpen = useApp((state) => state.panelOpen);
  const monitorOpen = useApp((state) => state.monitorOpen);
  const place = useApp((state) => state.place);
  const hide = useCallback(() => showSidebar(false), []);
  useShortcuts(showSidebar, sidebarShown);
  useTitle();

  return (
    <div className="flex h-dvh overflow-hidden">
      <a
        href="#composer"
        className="fixed top-2 left-2 z-50 -translate-y-16 rounded-md bg-paper-raised px-3 py-2 shadow-md focus:translate-y-0"
      >
        {t('app.skipToComposer')}
      </a>
      {sidebarOpen && (
        <div className="hidden w-sidebar shrink-0 border-r md:block">
          <Sidebar drawer={false} onHide={hide} />
        </div>
      )}
      <Drawer />
      <main className="flex min-w-0 flex-1 flex-col">
        {place.kind !== 'chat' ? (
          <Suspense>
            {place.kind === 'admin' ? (
              <AdminPage section={place.section} sidebarHidden={!sidebarOpen} onShowSidebar={() => showSidebar(true)} />
            ) : (
              <ObjectivesPage id={place.id} sidebarHidden={!sidebarOpen} onShowSidebar={() => showSidebar(true)} />
            )}
            <div className="mx-auto w-full max-w-thread shrink-0 px-2.5">
              <ConnectionBanner />
            </div>
          </Suspense>
        ) : (
          <>
            <Header sidebarHidden={!sidebarOpen} onShowSidebar={() => showSidebar(true)} />
            <Conversation />
            <div className="mx-auto w-full max-w-thread shrink-0 px-2.5 pt-2 pb-[max(0.75rem,env(safe-area-inset-bottom))] md:max-w-[46rem]">
              <ConnectionBanner />
              <Composer />
            </div>
          </>
        )}
      </main>
      <Suspense>{monitorOpen ? <MonitorPanel /> : panelOpen && <ChatPanel />}</Suspense>
      <LiveRegion />
      <Overlays />
    </div>
  );
}

export function App() {
  const booted = useApp((state) => state.booted);
  const signedOut = useApp((state) => state.connection.kind === 'signed-out');
  const invitation = useApp((state) => state.invitation);
  const pairing = useBroughtCode();
  useEffect(() => void boot(), []);
  useRefusedFiles();

  if (!booted) return null;
  return (
    <>
      {pairing !== null ? (
        <Suspense>
          <PairThisDevice code={pairing} />
        </Suspense>
      ) : invitation !== null ? (
        <Suspense>
          <Join code={invitation} />
        </Suspense>
      ) : signedOut ? (
        <Suspense>
          <SignIn />
        </Suspense>
      ) : (
        <Window />
      )}
      <Toaster />
    </>
  );
}
