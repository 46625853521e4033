// What a person does to the window itself: overlays, the drawer, settings of the device.

import { setLanguage } from '@/i18n';
import { host } from '@/platform';
import type { Actions } from './actions';
import { showPlace } from './address';
import { getState, setState } from './app-store';
import { session } from './current-session';
import { applyTheme } from './theme';

type WindowActions = Pick<Actions, 'setDevice' | 'show' | 'showAdmin' | 'setDrawer' | 'showPanel' | 'showMonitor' | 'announce'>;

export const windowActions: WindowActions = {
  setDevice(change) {
    const device = { ...getState().device, ...change };
    setState({ device });
    applyTheme(device.theme);
    if (change.language !== undefined) setLanguage(change.language);
    void host.device.set('settings', device).catch(() => undefined);
  },
  show(overlay, page) {
    setState({ overlay, ...(page !== undefined && { settingsPage: page }) });
  },
  showAdmin(section = 'people') {
    session().look(null);
    setState({ place: { kind: 'admin', section }, overlay: 'none', drawerOpen: false, panelOpen: false });
    showPlace();
  },
  setDrawer(drawerOpen) {
    setState({ drawerOpen });
  },
  showPanel(panelOpen) {
    setState({ panelOpen, monitorOpen: false });
  },
  showMonitor(monitorOpen) {
    setState({ monitorOpen, panelOpen: false });
  },
  announce(announcement) {
    setState({ announcement });
  },
};
