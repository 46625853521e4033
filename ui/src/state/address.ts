// The address bar names the chat on the screen, so that a link or a reload leads back to it.

const CHAT = /^\/chat\/([A-Za-z0-9\-_.:]{1,64})$/;

export function chatInAddress(): string | null {
  return CHAT.exec(location.pathname)?.[1] ?? null;
}

export function showAddress(chatId: string | null): void {
  const path = chatId === null ? '/' : `/chat/${chatId}`;
  if (location.pathname !== path) history.pushState(null, '', path);
}
