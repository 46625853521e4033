// Generated from src-tauri/crates/chat-protocol by `cargo xtask types`. Do not edit.
// What the fields mean, with an example of every frame: src-tauri/PROTOCOL.md.

/** The `data` of each `type` of frame that a client sends. */
export interface ClientData {
  join_chat: JoinChat;
  create_chat: CreateChat;
  branch_chat: BranchChat;
  message: SendMessage;
  stop: Stop;
  regenerate: Regenerate;
  continue: Continue;
  watch_chats: WatchChats;
  update_chat: UpdateChat;
  delete_chat: DeleteChat;
  restore_chat: RestoreChat;
  share_chat: ShareChat;
  unshare_chat: UnshareChat;
  leave_chat: LeaveChat;
  watch_objectives: Nothing;
  generate_objective: GenerateObjective;
  update_objective: UpdateObjective;
  delete_objective: ObjectiveNamed;
  restore_objective: ObjectiveNamed;
  discuss_objective: ObjectiveNamed;
  estimate: AskEstimate;
  get_usage: Nothing;
  get_settings: Nothing;
  update_settings: UpdateSettings;
  list_models: Nothing;
  list_providers: Nothing;
  find_providers: Nothing;
  save_provider: SaveProvider;
  remove_provider: RemoveProvider;
  set_provider_key: SetProviderKey;
  test_provider: TestProvider;
  ping: Ping;
}

/** A frame that a client sends. */
export type ClientFrame = {
  [T in keyof ClientData]: { type: T; ref?: string; data: ClientData[T] };
}[keyof ClientData];

/** The `data` of each `type` of frame that the server sends. */
export interface ServerData {
  connected: Notice;
  authenticated: Authenticated;
  chat_joined: ChatJoined;
  chat_created: ChatCreated;
  user_message: Message;
  assistant_message_start: AnswerStart;
  assistant_message_token: AnswerPiece;
  assistant_message_reasoning: AnswerPiece;
  assistant_message_complete: Message;
  error: ErrorData;
  chats: Chats;
  chat_updated: ChatUpdated;
  chat_deleted: ChatDeleted;
  chat_activity: ChatActivity;
  settings: Settings;
  estimate: Estimate;
  usage: Usage;
  models: Models;
  providers: Providers;
  providers_found: ProvidersFound;
  provider_tested: ProviderTested;
  objectives: Objectives;
  objective_progress: ObjectiveProgress;
  objective_generated: ObjectiveGenerated;
  objective_updated: ObjectiveUpdated;
  objective_deleted: ObjectiveDeleted;
  pong: Pong;
  draining: Notice;
}

/** A frame that the server sends. */
export type ServerFrame = {
  [T in keyof ServerData]: { type: T; ref?: string; data: ServerData[T] };
}[keyof ServerData];

/** The body of `POST /api/invitations/accept`. */
export type AcceptInvitation = {
  /** Unprintable. */
  code: string;
  /** What they want to be called. */
  name: string;
  /** Unprintable. */
  password: string;
  /** What the device is called; else its name is made from `User-Agent`. */
  device?: string;
  /** Where the refresh token goes. With it the access token is short. */
  refresh?: RefreshBy;
};

/** What somebody may do in a chat. */
export type Access = "owner" | "write" | "read";

/** One limit, and what of it is used up. */
export type Allowance = {
  of: Holder;
  what: Quantity;
  per: Period;
  limit: number;
  used: number;
  /** When it begins anew. */
  freesAt: string;
};

/** The body of `POST /api/pairing/{requestId}`: the answer to a device that waits. */
export type AnswerPairing = {
  "decision": "own" } | { "decision": "guest";
  /** What the guest is called. */
  name: string;
  } | { "decision": "person";
  /** Whose. */
  userId: string;
  } | { "decision": "refuse";
};

/** More of an answer, or of what the model thinks before it. */
export type AnswerPiece = {
  token: string;
  messageId: string;
  chatId: string;
  /** The number of pieces after it: where to resume. */
  seq: number;
};

/** An answer begins. */
export type AnswerStart = {
  message: string;
  messageId: string;
  chatId: string;
  parentId: string | null;
  timestamp: string;
  /** Pieces of it that are already with the client: 0 but after a resume. */
  seq: number;
  /** The chat's revision when it was asked for. */
  revision: number;
};

/** Say what a message would cost. */
export type AskEstimate = {
  /** Its length in UTF-8. */
  bytes: number;
  /** Absent is a new chat. */
  chatId?: string | null;
  /** What it would follow: absent is the end of the branch shown, null the chat's start. */
  parentId?: string | null;
};

/** The body of `POST /api/pairing/ask`. */
export type AskPairing = {
  /** The code as it was shown; unprintable. */
  code: string;
  /** What the device is called; else its name is made from `User-Agent`. */
  device?: string;
};

/** What was done that others may have to account for. */
export type AuditAction = "signed_in" | "sign_in_refused" | "signed_out" | "device_revoked" | "devices_revoked" | "token_reused" | "password_changed" | "user_created" | "role_changed" | "user_enabled" | "user_disabled" | "invitation_created" | "invitation_revoked" | "invitation_accepted" | "link_created" | "identity_linked" | "limits_changed" | "prices_changed" | "lan_opened" | "lan_closed" | "device_paired";

/** A line of the log. */
export type AuditLine = {
  id: number;
  at: string;
  action: AuditAction;
  /** Who did it; nobody is the command line or the server itself. */
  actor?: Person;
  /** From where. */
  address: string;
  /** To whom. */
  subject?: Person;
  /** More about it: a device's name, a role, a number. */
  detail: string;
};

/** The answer to `GET /api/audit`. */
export type AuditPage = {
  /** The newest first. */
  entries: Array<AuditLine>;
  /** Whether there are older ones: ask with `before` set to the last `id`. */
  more: boolean;
};

/** Who is signed in. */
export type Authenticated = {
  userId: string;
  name: string;
  role: UserRole;
};

/** Who wrote a message. */
export type Author = {
  userId: string;
  name: string;
};

/** Make a chat that begins with a copy of the line to a message. */
export type BranchChat = {
  /** The last message to take over. */
  messageId: string;
  /** An id of the client's own: asking twice makes one chat. */
  chatId?: string | null;
  /** Absent takes the old one over. */
  title?: string | null;
};

/** The body of `PATCH /api/lan`. */
export type ChangeLan = {
  /** Share, or not. */
  open: boolean;
  /** At this port, or the next that is free; else the one it had, else 3000. 0 takes any. */
  port?: number;
};

/** The body of `PATCH /api/users/{userId}`: what to change. */
export type ChangeUser = {
  /** Another role. */
  role?: UserRole;
  /** Let them in, or out. */
  enabled?: boolean;
};

/** A chat without its messages. */
export type Chat = {
  chatId: string;
  title: string;
  titleSource: TitleSource;
  /** Kept on top of the list. */
  pinned: boolean;
  /** `provider/model`; null follows the person's setting. */
  model: string | null;
  /** Null follows the person's setting. */
  systemPrompt: string | null;
  /** 0 to 2; null follows the person's setting. */
  temperature: number | null;
  /** The end of the branch that is shown. */
  leafId: string | null;
  createdAt: string;
  /** When a message was last added. */
  updatedAt: string;
  /** Grows with every change of the chat or its messages. */
  revision: number;
  /** Who is in it, its owner first; absent where that is nobody but the owner. */
  members?: Array<Member>;
};

/** An answer began or ended somewhere. */
export type ChatActivity = {
  chatId: string;
  messageId: string;
  running: boolean;
};

/** A chat made by this connection, now looked at. */
export type ChatCreated = {
  chatId: string;
  title: string;
  chat: Chat;
};

/** A chat was deleted. */
export type ChatDeleted = {
  chatId: string;
  /** The person's revision. */
  revision: number;
};

/** The chat now looked at. */
export type ChatJoined = {
  chatId: string;
  title: string;
  /** The branch shown, oldest first, without a running answer; when resumed, what changed of it. */
  messages: Array<Message>;
  chat: Chat;
  /** The history's name: when it changes, everything is to be read anew. */
  epoch: string;
  /** The chat's revision. */
  revision: number;
  running?: Running;
  /** True when `messages` are only those that changed since the client left. */
  resumed: boolean;
};

/** A chat is new or changed. */
export type ChatUpdated = {
  chat: Chat;
  /** The person's revision. */
  revision: number;
};

/** The list of chats, or what changed of it. */
export type Chats = {
  /** Newest message first. */
  chats: Array<Chat>;
  /** Ids of deleted chats. */
  removed: Array<string>;
  running: Array<RunningChat>;
  /** The person's revision, for the next `since`. */
  revision: number;
  epoch: string;
  /** False when only changes after the client's `since` are listed. */
  whole: boolean;
};

/** The body of `POST /api/pairing/claim`. */
export type ClaimPairing = {
  /** Which request. */
  requestId: string;
  /** What came with it; unprintable. */
  secret: string;
  /** What the device is called; else its name is made from `User-Agent`. */
  device?: string;
  /** Where the refresh token goes. With it the access token is short. */
  refresh?: RefreshBy;
};

/** Go on with an answer that was stopped, interrupted or failed. */
export type Continue = {
  messageId: string;
};

/** Make a chat and look at it. */
export type CreateChat = {
  token?: string;
  /** An id of the client's own: asking twice makes one chat. */
  chatId?: string | null;
  title?: string | null;
};

/** Delete a chat; it can be restored. */
export type DeleteChat = {
  chatId: string;
};

/** A device. */
export type DeviceInfo = {
  deviceId: string;
  name: string;
  userAgent: string;
  /** The network address it was last seen at. */
  address: string;
  method: SignInMethod;
  createdAt: string;
  usedAt: string;
  expiresAt: string;
  /** Whether it is the one that asks. */
  current: boolean;
};

/** The answer to `GET /api/devices`. */
export type DeviceList = {
  devices: Array<DeviceInfo>;
};

/** How hard an objective is. */
export type Difficulty = "beginner" | "intermediate" | "advanced";

/** The answer to `GET /api/people`: whom a chat can be shared with. */
export type Directory = {
  /** Everyone who may sign in, by name. */
  people: Array<Person>;
};

/** The class of an error. */
export type ErrorCode = "RATE_LIMIT" | "INVALID_MESSAGE" | "AUTH_FAILED" | "GENERATION_FAILED" | "TIMEOUT" | "SERVER_ERROR";

/** Something went wrong. */
export type ErrorData = {
  /** An English sentence; show one in the reader's language by `reason`. */
  message: string;
  code: ErrorCode;
  /** Whether the same request may succeed later. */
  retryable: boolean;
  reason: Reason;
  /** When to try again, in milliseconds from now. */
  retryAfter?: number;
  chatId?: string;
  /** The answer that failed. */
  messageId?: string;
  /** The objective in the making that failed. */
  generationId?: string;
};

/** What a message would cost. */
export type Estimate = {
  /** `provider/model`; null where the guide would answer, or nobody knows before it is asked. */
  model: string | null;
  /** Tokens of the message with its context. */
  promptTokens: number;
  /** What an answer is taken to need. */
  answerTokens: number;
  /** Both, in millionths of the currency; null where no price is known. */
  cost: number | null;
  currency: string;
  /** What the message would be answered with now, if it would not be accepted. */
  refusal?: ErrorData;
};

/** Why an answer failed. */
export type Failure = {
  code: ErrorCode;
  reason: Reason;
  message: string;
  retryable: boolean;
  /** Milliseconds from the failure. */
  retryAfter?: number;
};

/** A model server found on the server's computer. */
export type FoundProvider = {
  providerId: string;
  name: string;
  baseUrl: string;
  models: Array<string>;
};

/** Have the model make an objective. */
export type GenerateObjective = {
  /** In the words of the person, at most 8000 characters. */
  prompt: string;
  difficulty?: Difficulty | null;
  /** At most 100 characters. */
  category?: string | null;
  /** An id of the client's own: asking twice makes one. */
  generationId?: string | null;
};

/** How far the making of an objective has come. */
export type GenerationStage = "thinking" | "writing" | "repairing" | "cancelled" | "failed";

/** Whose limit it is. */
export type Holder = "server" | "person" | "device";

/** The body of an error. */
export type HttpError = {
  code: ErrorCode;
  message: string;
  retryable: boolean;
  reason: Reason;
  /** When to try again, in milliseconds from now. */
  retryAfter?: number;
  problem?: Problem;
};

/** The answer to an import. */
export type Imported = {
  chatId: string;
  /** How many messages the chat was made with. */
  messages: number;
  /** False where this import had made the chat before. */
  created: boolean;
};

/** The body of `POST /api/invitations/look`: who invites, before one accepts. */
export type InvitationCode = {
  /** Unprintable. */
  code: string;
};

/** An invitation, without its code. */
export type InvitationInfo = {
  invitationId: string;
  role: UserRole;
  note: string;
  state: InvitationState;
  createdAt: string;
  expiresAt: string;
  createdBy?: Person;
  usedBy?: Person;
};

/** The answer to `GET /api/invitations`. */
export type InvitationList = {
  /** The newest first. */
  invitations: Array<InvitationInfo>;
};

/** The answer to that: the one time that the code is told. */
export type InvitationMade = {
  /** What to append to the server's address after `#invite=`. */
  code: string;
  /** The invitation. */
  invitation: InvitationInfo;
};

/** The answer to that. */
export type InvitationOffer = {
  role: UserRole;
  invitedBy: string;
  host: string;
  expiresAt: string;
};

/** What became of an invitation. */
export type InvitationState = "open" | "used" | "revoked" | "expired";

/** The body of `POST /api/invitations`. */
export type Invite = {
  /** The role of whoever accepts; else a member. */
  role?: UserRole;
  /** For whom it is. */
  note?: string;
  /** How long it is good: an hour to 30 days, else three days. */
  expiresInHours?: number;
};

/** Sign in; with `chatId` also look at that chat. */
export type JoinChat = {
  /** A JWT; needed once per connection. */
  token?: string;
  chatId?: string | null;
  /** What a returning client has. */
  resume?: Resume | null;
};

/** Where a provider's key is. */
export type KeyState = "none" | "keyring" | "environment" | "session";

/** An address of this computer. */
export type LanAddress = {
  /** What to open: `https://192.168.1.20:3000`. */
  url: string;
  /** The interface that has it. */
  interface: string;
  /** What can be reached by it. */
  kind: LanAddressKind;
};

/** What can be reached by an address. */
export type LanAddressKind = "home" | "virtual" | "unassigned" | "public";

/** Somebody who came. */
export type LanArrival = {
  address: string;
  stage: LanStage;
  at: string;
  thisComputer: boolean;
};

/** The answer to `GET /api/lan/check`: the way of a phone's request, hop by hop. */
export type LanCheck = {
  /** The first that fails, or may; absent where all is well. */
  failing?: LanHop;
  /** All of them, in order. */
  hops: Array<LanFinding>;
  /** This computer's addresses. */
  addresses: Array<LanAddress>;
  /** The firewalls that may be there, and what opens the door in each. */
  firewalls: Array<LanFirewall>;
  /** Who came, the last first. */
  arrivals: Array<LanArrival>;
};

/** How it stands at a hop. */
export type LanFinding = {
  /** Where. */
  hop: LanHop;
  /** How it stands. */
  verdict: LanVerdict;
  /** Why, as a code: of `switch` `on`, `off`; of `listening` `answers`, `silent`; of `address`
   * `home`, `reached`, `unassigned`, `public`, `virtual`, `none`; of `firewall` `passed`, `on`
   * `off`, `unknown`; of `phone` `nothing`, `unfinished`, `plain`, `distrusted`, `secured`
   * `wrong_name`, `arrived`; and `untried`. */
  why: string;
};

/** A firewall that may be there. */
export type LanFirewall = {
  /** Which. */
  name: LanFirewallName;
  /** Whether it is on; absent where that cannot be seen. */
  on?: boolean;
  /** What opens the door in it, for a terminal. */
  command: string;
};

/** The firewalls that are known. */
export type LanFirewallName = "ufw" | "firewalld" | "windows" | "macos";

/** A part of the way. */
export type LanHop = "switch" | "listening" | "address" | "firewall" | "phone";

/** The answer to `GET` and `PATCH /api/lan`. */
export type LanInfo = {
  /** Whether this computer is shared on the local network. */
  open: boolean;
  /** The rest, while it is. */
  shared?: SharedInfo;
};

/** How far somebody came. */
export type LanStage = "connected" | "plain" | "distrusted" | "secured" | "wrong_name" | "arrived";

/** How it stands. */
export type LanVerdict = "good" | "doubtful" | "bad" | "untried";

/** Go out of a chat of somebody else. */
export type LeaveChat = {
  chatId: string;
};

/** The body of `PUT /api/limits`, and an entry of the answer to `GET /api/limits`. */
export type LevelLimits = {
  of: LimitsOf;
  /** With `user`; and whose a `device` is that is signed in, where that is told. */
  userId?: string;
  /** With `device`. */
  deviceId?: string;
  limits: Limits;
};

/** What may be spent. What is absent or null says nothing; 0 is no limit. */
export type Limits = {
  messagesPerMinute?: number | null;
  runningAnswers?: number | null;
  messagesPerDay?: number | null;
  tokensPerDay?: number | null;
  tokensPerMonth?: number | null;
  /** In millionths of the currency. */
  costPerDay?: number | null;
  costPerMonth?: number | null;
  /** The models that may be asked, `provider/*` being all of a provider. */
  models?: Array<string> | null;
};

/** Whose limits. */
export type LimitsOf = "server" | "everyone" | "user" | "device";

/** The answer to `GET /api/limits` and `PUT /api/limits`. */
export type LimitsPage = {
  currency: string;
  /** Of each person, as the configuration says. */
  configured: Limits;
  /** Every level that says something. */
  limits: Array<LevelLimits>;
};

/** The answer to `POST /api/users/{userId}/link`: the fragment of a one-time sign-in link. */
export type LinkMade = {
  code: string;
  expiresAt: string;
};

/** The answer to `GET /api/session`: who asks. */
export type Me = {
  userId: string;
  name: string;
  role: UserRole;
  hasPassword: boolean;
  /** The device that asks; none for tokens of the command line and of other systems. */
  deviceId?: string;
};

/** Somebody in a chat of several people. */
export type Member = {
  userId: string;
  name: string;
  access: Access;
};

/** A message of a person or an assistant. */
export type Message = {
  messageId: string;
  chatId: string;
  /** What it follows; null for a chat's first messages. */
  parentId: string | null;
  role: Role;
  /** Markdown. */
  content: string;
  /** When it was accepted. */
  timestamp: string;
  status: MessageStatus;
  /** The chat's revision when the message last changed. */
  revision: number;
  /** The id that its author's client gave it. */
  clientId?: string;
  /** Who wrote it, where several people did or may. */
  author?: Author;
  /** What the model thought before it spoke. */
  reasoning?: string;
  /** `provider/model`; absent for the guide. */
  model?: string;
  /** When its last word came. */
  finishedAt?: string;
  /** With status `failed`. */
  failure?: Failure;
  /** The alternatives at this place, oldest first, itself included; in a history only. */
  siblingIds?: Array<string>;
};

/** How far a message has come. */
export type MessageStatus = "running" | "complete" | "stopped" | "interrupted" | "failed";

/** One step on the way to an objective. */
export type Milestone = {
  id: string;
  title: string;
  description?: string;
  completed: boolean;
  /** A day (`2026-12-31`) or a moment, ISO 8601. */
  dueDate?: string;
};

/** A new milestone, or what changes of one. Absent fields stay. */
export type MilestoneUpdate = {
  /** Absent is a new one. */
  id?: string;
  /** At most 200 characters. */
  title?: string;
  /** At most 8000 characters. */
  description?: string | null;
  completed?: boolean;
  /** `2026-12-31`, or with a time. */
  dueDate?: string | null;
};

/** A model that can be chosen. */
export type Model = {
  /** `provider/model`. */
  id: string;
  provider: string;
  name: string;
};

/** What a model costs, in millionths of the currency for a million tokens. */
export type ModelPrice = {
  /** `provider/model`, or `provider/*` for those without a price of their own. */
  model: string;
  prompt: number;
  answer: number;
};

/** The models that can be chosen, and what could not be asked. */
export type Models = {
  models: Array<Model>;
  problems: Array<ProviderProblem>;
};

/** The data of a frame that says all by its type. */
export type Nothing = Record<string, never>;

/** A sentence in English, for clients that show it as it is. */
export type Notice = {
  message: string;
};

/** What a person wants to reach. */
export type Objective = {
  id: string;
  title: string;
  description: string;
  category: string;
  difficulty: Difficulty;
  status: ObjectiveStatus;
  /** 0 to 100. */
  progress: number;
  milestones: Array<Milestone>;
  /** The chat that discusses it. */
  chatId?: string;
  createdAt: string;
  updatedAt: string;
  /** Grows with every change. */
  revision: number;
};

/** An objective was deleted; it can be restored. */
export type ObjectiveDeleted = {
  objectiveId: string;
};

/** A new objective. */
export type ObjectiveGenerated = {
  objective: Objective;
  /** In milliseconds. */
  generationTime: number;
  generationId: string;
};

/** One objective. */
export type ObjectiveNamed = {
  objectiveId: string;
};

/** An objective in the making. */
export type ObjectiveProgress = {
  generationId: string;
  /** What was wished. */
  prompt: string;
  stage: GenerationStage;
  /** Characters written so far. */
  characters: number;
  /** The title, once it is known. */
  title?: string;
  /** Milestones begun so far. */
  milestones: number;
};

/** Where an objective stands. */
export type ObjectiveStatus = "active" | "completed" | "archived";

/** An objective is changed, or back. */
export type ObjectiveUpdated = {
  objective: Objective;
};

/** What to change of an objective. Absent fields stay. */
export type ObjectiveUpdates = {
  /** At most 200 characters. */
  title?: string;
  /** At most 8000 characters. */
  description?: string;
  /** At most 100 characters. */
  category?: string;
  difficulty?: Difficulty;
  status?: ObjectiveStatus;
  /** 0 to 100; absent, it follows the milestones when they change. */
  progress?: number;
  /** The new list, or, where each has a known id and no title, changes of those alone. */
  milestones?: Array<MilestoneUpdate>;
};

/** The person's objectives. */
export type Objectives = {
  /** Newest first. */
  objectives: Array<Objective>;
  /** Those in the making. */
  generating: Array<ObjectiveProgress>;
};

/** A device that was let in by pairing. */
export type PairedDevice = {
  deviceId: string;
  name: string;
  user: Person;
  address: string;
  createdAt: string;
  usedAt: string;
};

/** The answer to that. */
export type PairingAsked = {
  requestId: string;
  secret: string;
  number: string;
  expiresAt: string;
};

/** The answer to `POST /api/pairing`: the one time that the code is told. */
export type PairingCode = {
  code: string;
  expiresAt: string;
  links: Array<string>;
};

/** A device that waits for a yes or no. */
export type PairingRequest = {
  requestId: string;
  device: string;
  address: string;
  /** Four digits; the device shows the same. */
  number: string;
  expiresAt: string;
};

/** The answer to `GET /api/pairing`: what the person who asks has under way, and who was let in. */
export type PairingState = {
  revision: number;
  codeExpiresAt?: string;
  requests: Array<PairingRequest>;
  devices: Array<PairedDevice>;
};

/** The answer while nobody has answered: ask again. */
export type PairingWaits = {
  state: string;
};

/** The period of a limit. */
export type Period = "day" | "month";

/** Somebody, in a few words. */
export type Person = {
  userId: string;
  name: string;
};

/** Be answered at once. */
export type Ping = {
  /** Comes back as it is. */
  timestamp?: number;
};

/** The answer to a ping. */
export type Pong = {
  /** As it came. */
  timestamp?: number;
};

/** What models cost: the body of `PUT /api/prices`, and the answer to `GET /api/prices`. */
export type Prices = {
  /** What money is called, for instance `USD`; 1 to 8 letters or signs. */
  currency: string;
  prices: Array<ModelPrice>;
};

/** What exactly is wrong, where the reader can do something about it. */
export type Problem = "name_taken" | "bad_name" | "password_too_short" | "password_too_long" | "current_password" | "last_owner" | "yourself" | "account_closed" | "too_many" | "not_shared" | "device_refused" | "no_port" | "no_certificate";

/** A configured provider, without its key. */
export type Provider = {
  providerId: string;
  name: string;
  /** The address that ends before `/chat/completions`. */
  baseUrl: string;
  defaultModel: string | null;
  key: KeyState;
  /** Set by flags, environment or file: cannot be changed here. */
  fixed: boolean;
  /** The one that answers when nobody chose a model. */
  active: boolean;
};

/** A provider that could not be asked for its models. */
export type ProviderProblem = {
  reason: Reason;
  message: string;
};

/** Address and key are good; the provider's models. */
export type ProviderTested = {
  models: Array<Model>;
};

/** The configured providers. */
export type Providers = {
  providers: Array<Provider>;
};

/** Model servers found on the server's computer. */
export type ProvidersFound = {
  found: Array<FoundProvider>;
};

/** What a limit is of. */
export type Quantity = "messages" | "tokens" | "cost";

/** The exact cause of an error, one per sentence that the UI can say. */
export type Reason = "malformed" | "unknown_type" | "not_found" | "empty" | "too_long" | "forbidden" | "sign_in_required" | "token_refused" | "too_many_messages" | "too_many_bytes" | "too_many_answers" | "daily_limit" | "monthly_limit" | "over_limit" | "model_not_allowed" | "key_refused" | "provider_forbids" | "model_not_found" | "provider_busy" | "provider_failed" | "request_refused" | "unreachable" | "tls_failed" | "no_first_token" | "stalled" | "cut_off" | "garbled" | "empty_answer" | "context_too_long" | "no_model" | "store_failed" | "shutting_down" | "internal";

/** The body of `POST /api/session/refresh`; empty where the token is in the cookie. */
export type Refresh = {
  /** Unprintable. */
  refreshToken?: string;
  /** The successor that the sender made and kept before asking; unprintable. Sent again with it
   * the same request is the same request. */
  nextToken?: string;
};

/** Where a refresh token goes. */
export type RefreshBy = "cookie" | "body";

/** Another answer beside this one. */
export type Regenerate = {
  messageId: string;
  /** `provider/model`. */
  model?: string | null;
};

/** Forget a provider and its key. */
export type RemoveProvider = {
  providerId: string;
};

/** Bring a deleted chat back. */
export type RestoreChat = {
  chatId: string;
};

/** What a returning client has of a chat. */
export type Resume = {
  epoch: string;
  /** The chat's. */
  revision: number;
  /** The answer that was running. */
  messageId?: string | null;
  /** The number of its pieces that the client has. */
  seq?: number;
};

/** Who speaks. */
export type Role = "user" | "assistant" | "system";

/** An answer that is being written. */
export type Running = {
  messageId: string;
  /** Pieces of it that are already with the client. */
  seq: number;
};

/** A chat with a running answer. */
export type RunningChat = {
  chatId: string;
  messageId: string;
};

/** Add or replace a provider. */
export type SaveProvider = {
  providerId: string;
  /** At most 100 characters. */
  name: string;
  /** The address that ends before `/chat/completions`. */
  baseUrl: string;
  defaultModel?: string | null;
  /** False leaves whoever answers now in charge; absent is true. */
  activate?: boolean;
};

/** Say something and be answered. */
export type SendMessage = {
  /** Markdown. */
  message: string;
  /** The client's own id: sending it again is safe. */
  clientId?: string | null;
  /** Absent is the chat looked at. */
  chatId?: string | null;
  /** What it follows: absent is the end of the branch shown, null the chat's start. */
  parentId?: string | null;
};

/** The answer to `GET /api/server`. */
export type ServerInfo = {
  /** `Parlor`. */
  name: string;
  /** The server's version. */
  version: string;
  /** The name of the computer it runs on. */
  host: string;
  /** What people may sign in through, where that is set up. */
  signInWith?: string;
};

/** The answer to signing in and to refreshing. */
export type Session = {
  token: string;
  userId: string;
  name: string;
  role: UserRole;
  /** When `token` ends. ISO 8601, UTC. */
  expiresAt: string;
  deviceId: string;
  /** What gets the next `token`, once; only where it was asked for in the body. */
  refreshToken?: string;
  /** When the device is signed out if it does not refresh before. */
  deviceExpiresAt: string;
};

/** The body of `POST /api/session/password`. */
export type SetPassword = {
  /** The new one, unprintable. */
  password: string;
  /** The one until now, asked of whoever has one; unprintable. */
  current?: string;
};

/** Set a key for this session of the server only; null forgets it. */
export type SetProviderKey = {
  providerId: string;
  key: string | null;
};

/** What belongs to the person on every device. */
export type Settings = {
  /** `provider/model`; null lets the server choose. */
  model: string | null;
  systemPrompt: string | null;
  /** 0 to 2; null is the model's own. */
  temperature: number | null;
  /** Whether the first-run questions were answered. */
  welcomed: boolean;
};

/** Let somebody into a chat, or change what they may do there. */
export type ShareChat = {
  chatId: string;
  /** Whom; by `name` where that is absent. */
  userId?: string | null;
  /** The name of their account, in any case. */
  name?: string | null;
  access: "write" | "read";
};

/** How to reach this computer. */
export type SharedInfo = {
  /** The port. */
  port: number;
  /** The addresses, the likeliest first. */
  addresses: Array<LanAddress>;
  /** The address by the name that is announced (mDNS); absent where nothing is announced. */
  named?: string;
  /** The SHA-256 of the certificate as browsers show it: `AB:CD:…`. */
  fingerprint: string;
  /** The first address as other Parlors take it: with the fingerprint, without a code. */
  link: string;
};

/** The body of `POST /api/session`. */
export type SignIn = {
  /** Who. */
  name: string;
  /** Unprintable. */
  password: string;
  /** What the device is called; else its name is made from `User-Agent`. */
  device?: string;
  /** Where the refresh token goes. With it the access token is short. */
  refresh?: RefreshBy;
};

/** The body of `POST /api/session/link`. */
export type SignInByLink = {
  /** The code of a one-time sign-in link, unprintable. */
  code: string;
  /** What the device is called; else its name is made from `User-Agent`. */
  device?: string;
  /** Where the refresh token goes. With it the access token is short. */
  refresh?: RefreshBy;
};

/** The body of `POST /api/session/oidc/redeem`, of a native app whose journey to the identity provider
 * is over. */
export type SignInByProvider = {
  /** The one-time code that the browser brought, unprintable. */
  code: string;
  /** What the journey's challenge was made of, unprintable. */
  verifier: string;
  /** What the device is called; else its name is made from `User-Agent`. */
  device?: string;
  /** Where the refresh token goes. With it the access token is short. */
  refresh?: RefreshBy;
};

/** How somebody signed in on a device. */
export type SignInMethod = "password" | "link" | "invitation" | "pairing" | "provider";

/** The answer to signing several devices out. */
export type SignedOut = {
  /** How many there were. */
  signedOut: number;
};

/** What was spent in a while. */
export type Spending = {
  /** Messages that were answered. */
  messages: number;
  /** Tokens of questions with their histories. */
  promptTokens: number;
  answerTokens: number;
  /** In millionths of the currency; of unpriced tokens nothing is in it. */
  cost: number;
  /** Tokens of models without a price. */
  unpricedTokens: number;
};

/** End the running answer, or an objective in the making. */
export type Stop = {
  /** The answer or the `generationId`; absent is the answer running in the chat looked at. */
  messageId?: string | null;
};

/** Try a provider's address and key. */
export type TestProvider = {
  providerId: string;
};

/** Who named a chat. */
export type TitleSource = "placeholder" | "first_words" | "model" | "person";

/** Shut somebody out of a chat. */
export type UnshareChat = {
  chatId: string;
  userId: string;
};

/** Change a chat. Absent fields stay; null follows the person's setting again. */
export type UpdateChat = {
  chatId: string;
  /** At most 200 characters. */
  title?: string;
  pinned?: boolean;
  /** `provider/model`. */
  model?: string | null;
  systemPrompt?: string | null;
  /** 0 to 2. */
  temperature?: number | null;
  /** Show the branch of this message. */
  leafId?: string;
};

/** Change an objective. */
export type UpdateObjective = {
  objectiveId: string;
  updates: ObjectiveUpdates;
};

/** Change the person's settings. Absent fields stay; null is the default again. */
export type UpdateSettings = {
  /** `provider/model`. */
  model?: string | null;
  systemPrompt?: string | null;
  /** 0 to 2. */
  temperature?: number | null;
  welcomed?: boolean;
};

/** What the person spent, and may. */
export type Usage = {
  /** Today, UTC: `2024-01-01`. */
  day: string;
  today: Spending;
  month: Spending;
  limits: Array<Allowance>;
  /** The models that may be asked, `provider/*` being all of a provider; null is all. */
  models: Array<string> | null;
  currency: string;
};

/** The answer to `GET /api/usage`. */
export type UsagePage = {
  /** The first day, UTC. */
  from: string;
  /** The last day. */
  to: string;
  currency: string;
  /** By day, person and model; days without use have none. */
  rows: Array<UsageRow>;
};

/** What one person spent on one day with one model. */
export type UsageRow = {
  day: string;
  userId: string;
  name: string;
  /** Only where one person was asked for. */
  deviceId?: string;
  /** `provider/model`; none is the guide. */
  model?: string;
  /** How many of the tokens were counted by the server, since the provider did not tell. */
  estimatedTokens: number;
  /** Messages that were answered. */
  messages: number;
  /** Tokens of questions with their histories. */
  promptTokens: number;
  answerTokens: number;
  /** In millionths of the currency; of unpriced tokens nothing is in it. */
  cost: number;
  /** Tokens of models without a price. */
  unpricedTokens: number;
};

/** An account. */
export type UserInfo = {
  userId: string;
  name: string;
  role: UserRole;
  enabled: boolean;
  createdAt: string;
  hasPassword: boolean;
  /** On how many devices they are signed in. */
  devices: number;
  /** When one of those was last seen. */
  seenAt?: string;
};

/** The answer to `GET /api/users`. */
export type UserList = {
  /** Everyone, the oldest account first. */
  users: Array<UserInfo>;
};

/** What a person may do on this server. */
export type UserRole = "owner" | "admin" | "member";

/** Send the list of chats, then what changes of it. */
export type WatchChats = {
  /** The person's revision that the client has; 0 or absent is the whole list. */
  since?: number;
  /** The history that `since` belongs to: with another one the whole list comes. */
  epoch?: string | null;
};
