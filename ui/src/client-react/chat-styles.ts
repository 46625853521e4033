// The few styles of the ready chat component, in the page's own colours and letters.

export const CHAT_STYLES = `
.parlor-chat { display: flex; flex-direction: column; min-height: 0; font: inherit; color: inherit; }
.parlor-chat header { display: flex; justify-content: space-between; align-items: baseline; gap: 1em; }
.parlor-chat h2 { margin: 0; font-size: 1.1em; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.parlor-chat [role=status] { font-size: 0.85em; opacity: 0.75; }
.parlor-chat-log { flex: 1; min-height: 0; overflow-y: auto; display: flex; flex-direction: column; gap: 0.6em; padding: 0.6em 0; }
.parlor-chat article { max-width: 85%; padding: 0.5em 0.8em; border-radius: 0.8em; white-space: pre-wrap; overflow-wrap: anywhere; }
.parlor-chat-user { align-self: flex-end; background: color-mix(in srgb, currentColor 12%, transparent); }
.parlor-chat-assistant, .parlor-chat-system { align-self: flex-start; background: color-mix(in srgb, currentColor 5%, transparent); }
.parlor-chat article small { display: block; margin-top: 0.3em; opacity: 0.75; }
.parlor-chat form { display: flex; gap: 0.5em; align-items: flex-end; }
.parlor-chat textarea { flex: 1; font: inherit; color: inherit; background: transparent; border: 1px solid color-mix(in srgb, currentColor 35%, transparent); border-radius: 0.6em; padding: 0.5em; resize: none; }
.parlor-chat button { font: inherit; padding: 0.5em 0.9em; border-radius: 0.6em; }
`;
