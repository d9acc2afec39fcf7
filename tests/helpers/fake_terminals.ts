import { AppError } from "../../src/core/mod.ts";
import type {
  AttachedTerminal,
  RecordingsQuery,
  TerminalRequest,
  TerminalSocket,
  TerminalsPort,
} from "../../src/manager/api/mod.ts";
import type { Recording } from "../../src/protocol/mod.ts";

export function fakeRecording(id: string, hostId: string, more: Partial<Recording> = {}): Recording {
  return {
    ...{ id, hostId, host: hostId, terminalId: "t-1", actor: "ada", user: "root", shell: "/bin/bash", title: "" },
    ...{ cols: 80, rows: 24, startedMs: 1, endedMs: 2, reason: "the shell has ended", durationMs: 1, sizeBytes: 7 },
    isCut: false,
    ...more,
  };
}

export interface Attaching extends AttachedTerminal {
  readonly socket: TerminalSocket;
  readonly request: TerminalRequest;
  readonly messages: unknown[];
}

/** Lets everybody in, and keeps what it is given. */
export class FakeTerminals implements TerminalsPort {
  readonly kept = new Map<string, Recording>();
  readonly attached: Attaching[] = [];
  isStopping = false;

  readonly recordings = {
    list: ({ hostIds, actor, before, limit }: RecordingsQuery) => {
      const found = [...this.kept.values()].filter((each) =>
        (hostIds?.includes(each.hostId) ?? true) && each.actor === (actor ?? each.actor) &&
        (before === undefined || each.startedMs < before.startedMs)
      ).toSorted((a, b) => b.startedMs - a.startedMs);
      const recordings = found.slice(0, limit);
      const last = recordings.at(-1);
      return Promise.resolve({ recordings, next: found.length > limit && last !== undefined ? last : null });
    },
    get: (id: string) => Promise.resolve(this.kept.get(id) ?? null),
    cast: (id: string) => {
      const bytes = new TextEncoder().encode(`cast ${id}`);
      return Promise.resolve({ sizeBytes: bytes.length, body: new Response(bytes).body ?? new ReadableStream() });
    },
    remove: (id: string) => Promise.resolve(this.kept.delete(id)),
  };

  admit(): void {
    if (this.isStopping) throw new AppError("unavailable", "The manager stops");
  }

  attach(socket: TerminalSocket, request: TerminalRequest): AttachedTerminal {
    const over = Promise.withResolvers<void>();
    const messages: unknown[] = [];
    const attached = {
      ...{ socket, request, messages, over: over.promise },
      received: (data: unknown) => void messages.push(data),
      closed: () => over.resolve(),
      close: (code: number, reason: string) => socket.close(code, reason),
    };
    this.attached.push(attached);
    return attached;
  }
}
