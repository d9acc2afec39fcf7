/** What a copy is made of: something to read from, and something to write to, each on any side. */

/** A file, or folder, where it is. */
export interface Thing {
  readonly kind: "file" | "directory" | "link" | "other";
  readonly sizeBytes: number;
  /** In octal; absent where there is none. */
  readonly mode?: string;
  /** Another one whenever the content has changed. */
  readonly etag?: string;
}

export interface NamedThing extends Thing {
  readonly name: string;
  /** Why it cannot be copied. */
  readonly problem?: string;
}

export interface Source {
  /** Null where it is not known before the end, as of standard input. */
  readonly sizeBytes: number | null;
  readonly mode?: string;
  /** Tells this content from any other of that file; absent where nothing does. */
  readonly etag?: string;
  /** From this byte on. Throws what is not `isPassing` when it cannot be read from there. */
  open(offset: number, signal: AbortSignal): Promise<ReadableStream<Uint8Array>>;
  /** The SHA-256 of its first bytes by the other side's own reading; null where it is read here, and only once. */
  digest(bytes: number, signal: AbortSignal): Promise<string | null>;
}

export interface Sink {
  /** How much has come safely. */
  received(signal: AbortSignal): Promise<number>;
  /** What came in an earlier run of the command, of which nobody here knows the digest. */
  earlier(): AsyncIterable<Uint8Array>;
  write(offset: number, content: ReadableStream<Uint8Array>, signal: AbortSignal): Promise<void>;
  /** All has come, and this is its digest. */
  finish(sizeBytes: number, sha256: string, signal: AbortSignal): Promise<void>;
  /** It will not come whole. `isHopeless` when it is not worth keeping. */
  abandon(isHopeless: boolean): Promise<void>;
}

export interface SinkOptions {
  readonly source: Source;
  readonly force: boolean;
}

/** One end of a copy: this machine, or a host. */
export interface Side {
  /** For messages. */
  shown(path: string): string;
  /** Follows links; null where nothing is. */
  look(path: string, signal: AbortSignal): Promise<Thing | null>;
  list(path: string, signal: AbortSignal): AsyncGenerator<NamedThing, void>;
  makeFolder(path: string, signal: AbortSignal): Promise<void>;
  /** Null for a name that cannot be one here. */
  join(folder: string, name: string): string | null;
  source(path: string, thing: Thing): Promise<Source> | Source;
  sink(path: string, options: SinkOptions, signal: AbortSignal): Promise<Sink>;
}
