import type { AppError } from "../../core/mod.ts";
import type { AttachMode, Recording } from "../../protocol/mod.ts";

/** What the API needs for terminals; the part `terminals` is one. */
export interface TerminalsPort {
  readonly recordings: RecordingsPort;
  /** Throws while the manager stops. */
  admit(): void;
  /** The socket must be open. */
  attach(socket: TerminalSocket, request: TerminalRequest): AttachedTerminal;
}

/** What of a WebSocket is used. */
export interface TerminalSocket {
  readonly readyState: number;
  readonly bufferedAmount: number;
  send(bytes: Uint8Array<ArrayBuffer>): void;
  close(code: number, reason: string): void;
  /** Lets go of it at once, whatever its peer does. */
  drop(): void;
}

export interface TerminalRequest {
  readonly hostId: string;
  readonly host: string;
  readonly terminalId: string;
  readonly actor: string;
  readonly mode: AttachMode;
  readonly cols?: number | undefined;
  readonly rows?: number | undefined;
  readonly from?: number | undefined;
  /** Of the request to the host. */
  readonly headers: Headers;
  readonly told: TerminalTold;
}

/** `failed`, or `begun` and then `ended`, each once. */
export interface TerminalTold {
  /** Nothing passes before this has resolved; where it rejects, nothing ever does. */
  begun(recordingId: string | null): Promise<void>;
  failed(error: AppError): Promise<void>;
  ended(end: TerminalEnd): Promise<void>;
}

export interface TerminalEnd {
  readonly durationMs: number;
  readonly shownBytes: number;
  readonly typedBytes: number;
  readonly reason: string;
}

export interface AttachedTerminal {
  received(data: unknown): void;
  /** The socket has closed; it may be told twice. */
  closed(): void;
  close(code: number, reason: string): void;
  readonly over: Promise<void>;
}

export interface RecordingsPort {
  list(query: RecordingsQuery): Promise<RecordingsPage>;
  get(id: string): Promise<Recording | null>;
  /** Throws `not_found` where its file is gone. */
  cast(id: string): Promise<{ readonly sizeBytes: number; readonly body: ReadableStream<Uint8Array<ArrayBuffer>> }>;
  /** `conflict` for one that goes on; false where there is none. */
  remove(id: string): Promise<boolean>;
}

export interface RecordingsQuery {
  readonly hostIds?: readonly string[];
  readonly actor?: string;
  /** Newest first, from this one on. */
  readonly before?: { readonly startedMs: number; readonly id: string };
  readonly limit: number;
}

export interface RecordingsPage {
  readonly recordings: readonly Recording[];
  readonly next: { readonly startedMs: number; readonly id: string } | null;
}
