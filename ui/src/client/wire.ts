// The wire under the names that the rest of the UI uses. The types themselves are generated from
// the server's own and never written by hand.

import type {
  Chat,
  ClientData,
  ErrorData,
  Failure,
  FoundProvider,
  KeyState,
  Message,
  MessageStatus,
  Model,
  Provider,
  ProviderProblem,
  ServerData,
  ServerFrame,
  Settings,
} from '../generated/wire';

export type {
  ClientData,
  Failure,
  FoundProvider,
  KeyState,
  MessageStatus,
  ServerData,
  ServerFrame,
  Chat as WireChat,
  ErrorData as WireError,
  Message as WireMessage,
  Model as WireModel,
  Provider as WireProvider,
  ProviderProblem as ModelProblem,
  Settings as WireSettings,
};
export type { ErrorCode, Reason, UserRole } from '../generated/wire';

export type ServerType = keyof ServerData;
export type ClientType = keyof ClientData;
