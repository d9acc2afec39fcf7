import type { Secret, Selectable } from "../../core/mod.ts";
import type { Connection } from "../../http/mod.ts";
import type {
  ApiToken,
  AuditEntry,
  AuditResult,
  AuditVerification,
  Batch,
  Caller,
  EnrolAnswer,
  EnrolRequest,
  FleetEvent,
  FleetProcess,
  FleetSearchLine,
  HealthReport,
  HostPatch,
  HostSamples,
  HostSettings,
  HostView,
  JoinToken,
  LoginRequest,
  MadeTasks,
  ManagerStatus,
  Me,
  NewApiToken,
  NewJoinToken,
  NewTasks,
  NewUser,
  PasswordChange,
  SessionView,
  SettingsChange,
  SettingsRule,
  SetupRequest,
  Task,
  TaskState,
  User,
  UserPatch,
  Verb,
  WorkerHeartbeat,
} from "../../protocol/mod.ts";
import type { TerminalsPort } from "./terminal_ports.ts";

/** What the API needs of the manager's other parts; compose.ts supplies it. */
export interface ApiPorts {
  readonly auth: AuthPort;
  readonly hub: HubPort;
  readonly samples: SamplesPort;
  readonly settings: SettingsPort;
  readonly tasks: TasksPort;
  readonly events: EventsPort;
  readonly audit: AuditPort;
  readonly manager: ManagerPort;
  readonly terminals: TerminalsPort;
  readonly logSearch: LogSearchPort;
}

/** What of a request tells who sends it. */
export type Knocking = Pick<Request, "headers" | "url">;

/** Who is at the other end, behind the proxies that are trusted. */
export interface Client {
  readonly address: string;
  readonly isSecure: boolean;
}

/** The one authorisation of the manager, which decides all of the API; and users, sessions and tokens. */
export interface AuthPort {
  readonly setup: SetupPort;
  readonly users: UsersPort;
  readonly sessions: SessionsPort;
  readonly apiTokens: ApiTokensPort;
  readonly joinTokens: JoinTokensPort;
  readonly tickets: TicketsPort;
  /** Throws `unauthorized` for nobody, `forbidden` for who may not. */
  authorise(caller: Caller | null, verb: Verb, host?: Selectable): void;
  /** The same as an answer. Asked for each host of each list, so it must be quick. */
  mayUse(caller: Caller | null, verb: Verb, host?: Selectable): boolean;
  client(request: Knocking, connection: Connection): Client;
  /** Throws `forbidden` for pages of another origin. */
  checkOrigin(request: Knocking, connection: Connection): void;
  /** The caller with the rights that he has now; null once he would not be let in any more. */
  current(caller: Caller): Promise<Caller | null>;
  /** Told after each change of users, sessions and tokens. */
  onChange(listener: () => void): () => void;
  login(request: LoginRequest, client: LoginClient, signal?: AbortSignal): Promise<LoginResult>;
  logout(caller: Caller | null, client: Client): Promise<{ readonly ended: boolean; readonly setCookie: string }>;
  me(caller: Caller | null): Promise<Me>;
  /** Logins that wait for their password to be checked. */
  report(): { readonly waitingLogins: number };
}

export interface LoginClient extends Client {
  readonly userAgent?: string | null;
}

export interface LoginResult {
  readonly user: User;
  readonly sessionId: string;
  readonly expiresMs: number;
  readonly csrf: string;
  /** For who has asked for a bearer's token in place of a cookie. */
  readonly token: Secret | null;
  readonly setCookie: string | null;
}

export interface SetupPort {
  needed(): Promise<boolean>;
  complete(request: SetupRequest, signal?: AbortSignal): Promise<User>;
}

export interface UsersPort {
  list(caller: Caller | null): Promise<User[]>;
  get(caller: Caller | null, id: string): Promise<User>;
  create(caller: Caller | null, user: NewUser, signal?: AbortSignal): Promise<User>;
  change(caller: Caller | null, id: string, patch: UserPatch, signal?: AbortSignal): Promise<User>;
  remove(caller: Caller | null, id: string): Promise<User>;
  changePassword(caller: Caller | null, change: PasswordChange, signal?: AbortSignal): Promise<void>;
}

export interface SessionsPort {
  list(caller: Caller | null): Promise<SessionView[]>;
  /** False when there is no such session, or it is not his. */
  revoke(caller: Caller | null, id: string): Promise<boolean>;
}

export interface ApiTokensPort {
  list(caller: Caller | null): Promise<ApiToken[]>;
  create(caller: Caller | null, token: NewApiToken): Promise<{ readonly token: ApiToken; readonly secret: Secret }>;
  revoke(caller: Caller | null, id: string): Promise<boolean>;
}

export interface JoinTokensPort {
  list(caller: Caller | null): Promise<JoinToken[]>;
  create(caller: Caller | null, token: NewJoinToken): Promise<{ readonly token: JoinToken; readonly secret: Secret }>;
  revoke(caller: Caller | null, id: string): Promise<boolean>;
}

export interface TicketsPort {
  issue(caller: Caller | null): { readonly ticket: Secret; readonly expiresMs: number };
  /** Throws `unauthorized` for one that is not good any more. */
  take(ticket: string): Promise<Caller>;
}

export interface HubPort {
  /** All hosts; the views of those that have not changed are the same objects as before. */
  views(): readonly HostView[];
  view(id: string): HostView | null;
  byName(nameOrId: string): HostView | null;
  /** Asks the host's own control API; `host_offline` at once when there is no tunnel. */
  fetch(hostId: string, request: Request, options?: { readonly headTimeoutMs?: number }): Promise<Response>;
  enrol(request: EnrolRequest, address: string): Promise<EnrolAnswer>;
  /** Whether a further connection from there is taken; throws `rate_limited` or `unavailable`. */
  admit?(address: string): void;
  accept(socket: WebSocket, address: string): void;
  change(id: string, patch: HostPatch): Promise<HostView>;
  remove(id: string): Promise<HostView>;
  processes(): readonly FleetProcess[];
  /** Told once a turn of the event loop at most. */
  onChange(listener: (changed: readonly string[], removed: readonly string[]) => void): () => void;
  workerHeartbeat(body: WorkerHeartbeat, address: string): Promise<WorkerSettings>;
  report(): HubReport;
}

export interface WorkerSettings {
  readonly hostId: string;
  readonly intervalMs: number;
  readonly settings: Readonly<Record<string, unknown>>;
}

/** For the manager's own metrics. */
export interface HubReport {
  readonly tunnels: number;
  readonly streams: number;
  readonly handshakesUnderWay: number;
  readonly handshakes: number;
  readonly heartbeats: number;
  /** Connections and enrolments that were turned away, by a reason out of a short list. */
  readonly refused: Readonly<Record<string, number>>;
  /** How much waits, by what for. */
  readonly queues: Readonly<Record<string, number>>;
}

/** A host's latest values, in the order of FLEET_SERIES. */
export interface LatestSample {
  readonly timeMs: number;
  /** NaN where nothing was measured; used again for the next row. */
  readonly values: ArrayLike<number>;
}

export interface SamplesPort {
  latest(hostId: string): LatestSample | null;
  query(hostId: string, query: SamplesQuery): HostSamples;
  report(): { readonly usedBytes: number; readonly maxBytes: number };
}

export interface SamplesQuery {
  readonly fromMs: number;
  readonly toMs: number;
  readonly stepMs?: number;
}

export interface SettingsPort {
  rules(): { readonly version: number; readonly rules: readonly SettingsRule[] };
  put(change: SettingsChange, by: string): Promise<unknown>;
  remove(id: string, by: string): Promise<unknown>;
  explain(host: Selectable): Pick<HostSettings, "version"> & { readonly values: Readonly<HostSettings["values"]> };
}

/** Says whether the asker may see what concerns this host; everything when absent. */
export type MayShow = (hostId: string) => boolean;

export interface TaskListQuery {
  readonly mayShow?: MayShow;
  readonly hostIds?: readonly string[];
  readonly batchId?: string;
  /** Of each batch only its newest task. */
  readonly isByBatch?: boolean;
  readonly states?: readonly TaskState[];
  /** Newest first, from this one on. */
  readonly before?: { readonly createdMs: number; readonly id: string };
  readonly limit: number;
}

export interface TaskPage {
  readonly tasks: readonly Task[];
  readonly next: { readonly createdMs: number; readonly id: string } | null;
}

export interface TasksPort {
  /** For those of `allowed` that the request names; `not_found` when it names another. */
  create(request: NewTasks, caller: Caller, allowed: readonly HostView[]): Promise<MadeTasks>;
  list(query: TaskListQuery): Promise<TaskPage>;
  get(id: string): Promise<Task | null>;
  batch(id: string): Promise<Batch | null>;
  cancel(id: string, caller: Caller): Promise<Task>;
  onChange(listener: (tasks: readonly Task[]) => void): () => void;
  counts(): Readonly<Partial<Record<TaskState, number>>>;
}

export interface EventListQuery {
  readonly mayShow?: MayShow;
  readonly after?: number;
  readonly before?: number;
  readonly limit: number;
  readonly hostIds?: readonly string[];
  readonly kinds?: readonly FleetEvent["kind"][];
  readonly levels?: readonly FleetEvent["level"][];
  readonly sinceMs?: number;
}

export interface EventsPage {
  readonly events: readonly FleetEvent[];
  /** To go on after; what is hidden from the asker is passed over by it too. */
  readonly next: number;
  /** To go on before, for older ones; null where there are none. */
  readonly previous: number | null;
}

export interface EventsPort {
  /** Above `after`, oldest first; without it the latest, oldest first, of those below `before`. */
  list(query: EventListQuery): Promise<EventsPage>;
  /** Told of each event in the order of their seq. A listener must not wait. */
  onEvent(listener: (event: FleetEvent) => void): () => void;
  /** Events that wait to be written. */
  report(): { readonly waiting: number };
}

export interface LogSearchRequest {
  readonly hosts: readonly { readonly id: string; readonly name: string }[];
  /** As hosts take it. */
  readonly query: URLSearchParams;
  readonly limit: number;
  readonly timeoutMs: number;
  readonly actor: string;
  readonly requestId: string;
  /** Asked before a host is. */
  maySee(hostId: string): boolean;
}

export interface LogSearchPort {
  /** What the hosts find, the newest first; never more of it in memory than is wanted. */
  search(request: LogSearchRequest, signal: AbortSignal): AsyncGenerator<FleetSearchLine, void>;
}

export interface AuditRecord {
  readonly actor: string;
  readonly address: string;
  readonly action: string;
  readonly subject: string;
  readonly hostId?: string;
  readonly result: AuditResult;
  readonly details: Readonly<Record<string, unknown>>;
}

export interface AuditListQuery {
  /** Newest first, below this seq. */
  readonly before?: number;
  readonly limit: number;
  readonly actor?: string;
  readonly action?: string;
  readonly hostId?: string;
  readonly sinceMs?: number;
}

export interface AuditPort {
  record(entry: AuditRecord): Promise<void>;
  list(query: AuditListQuery): Promise<readonly AuditEntry[]>;
  verify(signal?: AbortSignal): Promise<AuditVerification>;
  /** Entries that wait to be written. */
  readonly waiting: number;
}

export interface ManagerPort {
  health(): HealthReport;
  status(): ManagerStatus | Promise<ManagerStatus>;
  /** PEM of the authority that the manager has made for itself; null where its certificate is another's. */
  authority(): string | null;
  store(): StoreReport;
  /** For each system the command that makes a host of it; the secret goes in by standard input. */
  joinCommands(secret: string): Readonly<Record<string, string>>;
}

export interface StoreReport {
  readonly waiting: number;
  readonly writes: number;
  readonly failures: number;
  readonly latencyMs?: number;
  readonly sizeBytes: number;
}
