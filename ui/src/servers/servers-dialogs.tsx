// What is asked about servers, one at a time.

import { AddDialog } from './add-dialog';
import { MoveDialog } from './move-dialog';
import { RemoveDialog } from './remove-dialog';
import { RenameDialog } from './rename-dialog';
import { useServers } from './servers-store';

export default function ServersDialogs() {
  const dialog = useServers((state) => state.dialog);
  switch (dialog?.kind) {
    case 'add':
      return <AddDialog />;
    case 'rename':
      return <RenameDialog server={dialog.server} />;
    case 'remove':
      return <RemoveDialog server={dialog.server} />;
    case 'move':
      return <MoveDialog chatId={dialog.chatId} />;
    case undefined:
      return null;
    default:
      return dialog satisfies never;
  }
}
