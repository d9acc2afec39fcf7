import { type Duplex, type ServeHandler, upgrade } from "../../src/tunnel/mod.ts";
import {
  acknowledgedBy,
  type AttachMode,
  callerIn,
  FrameSplitter,
  MAX_TERMINAL_OUTPUT_BYTES,
  sizeIn,
  TERMINAL_FRAMES,
  TERMINAL_WINDOW_BYTES,
  type TerminalExit,
  terminalJson,
  terminalOutput,
  type TerminalView,
  withLength,
} from "../../src/protocol/mod.ts";

/** One who is attached, as the host sees him. */
interface HostGuest {
  readonly actor: string;
  readonly mode: AttachMode;
  sentPosition: number;
  acknowledged: number;
  readonly writer: WritableStreamDefaultWriter<Uint8Array>;
  pumping: Promise<void>;
}

/** A terminal of an imagined host: it prints what a test says, and keeps all of it. */
export class FakeTerminal {
  readonly id: string;
  readonly resizes: string[] = [];
  readonly guests = new Set<HostGuest>();
  /** What was attached with, in the order of attaching. */
  readonly attaches: string[] = [];
  typed = "";
  size = { cols: 80, rows: 24 };
  title = "";
  #output = new Uint8Array();
  #exit: TerminalExit | null = null;

  constructor(id: string) {
    this.id = id;
  }

  get position(): number {
    return this.#output.length;
  }

  get view(): TerminalView {
    const { cols, rows } = this.size;
    return {
      ...{ id: this.id, actor: "ada", user: "root", shell: "/bin/fake", title: this.title, cols, rows },
      ...{ createdMs: 1, activeMs: 2, outputBytes: this.position },
      guests: [...this.guests].map(({ actor, mode }) => ({ actor, mode, sinceMs: 1 })),
    };
  }

  print(what: string | Uint8Array): void {
    const bytes = typeof what === "string" ? new TextEncoder().encode(what) : what;
    const all = new Uint8Array(this.#output.length + bytes.length);
    all.set(this.#output);
    all.set(bytes, this.#output.length);
    this.#output = all;
    this.#pumpAll();
  }

  tellState(): void {
    for (const guest of this.guests) {
      this.#send(guest, terminalJson(TERMINAL_FRAMES.state, { terminal: this.view, mode: guest.mode }))
        .catch(() => {}); // the guest has left
    }
  }

  resize(cols: number, rows: number): void {
    this.size = { cols, rows };
    this.resizes.push(`${cols}x${rows}`);
    this.tellState();
  }

  exit(end: TerminalExit): void {
    this.#exit = end;
    this.#pumpAll();
  }

  async attach({ readable, writable }: Duplex, actor: string, query: URLSearchParams): Promise<void> {
    const mode = query.get("mode") === "view" ? "view" : "control";
    this.attaches.push(`${actor} ${query}`);
    const from = Math.min(Number(query.get("from") ?? 0), this.position);
    const guest: HostGuest = {
      ...{ actor, mode, sentPosition: from, acknowledged: from, writer: writable.getWriter() },
      pumping: Promise.resolve(),
    };
    guest.writer.closed.catch(() => {}); // the reading tells
    this.guests.add(guest);
    try {
      const [cols, rows] = [query.get("cols"), query.get("rows")];
      if (mode === "control" && cols !== null && rows !== null) this.resize(Number(cols), Number(rows));
      else this.tellState();
      this.#pump(guest);
      await this.#read(guest, readable);
    } catch {
      // The guest has left, or the tunnel is gone.
    } finally {
      this.guests.delete(guest);
    }
  }

  async #read(guest: HostGuest, readable: Duplex["readable"]): Promise<void> {
    const splitter = new FrameSplitter();
    for await (const chunk of readable) {
      for (const message of splitter.take(chunk)) this.#took(guest, message);
    }
  }

  #took(guest: HostGuest, message: Uint8Array): void {
    if (message[0] === TERMINAL_FRAMES.acknowledge) {
      guest.acknowledged = acknowledgedBy(message) ?? guest.acknowledged;
      this.#pump(guest);
    } else if (message[0] === TERMINAL_FRAMES.input) this.typed += new TextDecoder().decode(message.subarray(1));
    else {
      const size = sizeIn(message);
      if (size !== null) this.resize(size.cols, size.rows);
    }
  }

  #pumpAll(): void {
    for (const guest of this.guests) this.#pump(guest);
  }

  #pump(guest: HostGuest): void {
    guest.pumping = guest.pumping.then(async () => {
      while (guest.sentPosition < this.position) {
        const room = TERMINAL_WINDOW_BYTES - (guest.sentPosition - guest.acknowledged);
        if (room <= 0) return;
        const end = Math.min(this.position, guest.sentPosition + Math.min(room, MAX_TERMINAL_OUTPUT_BYTES));
        const bytes = this.#output.slice(guest.sentPosition, end);
        const { sentPosition } = guest;
        guest.sentPosition = end;
        await this.#send(guest, terminalOutput(sentPosition, bytes));
      }
      if (this.#exit === null) return;
      await this.#send(guest, terminalJson(TERMINAL_FRAMES.exit, this.#exit));
      await guest.writer.close();
    }).catch(() => {}); // the guest has left
  }

  async #send(guest: HostGuest, message: Uint8Array): Promise<void> {
    await guest.writer.write(withLength(message));
  }
}

/** What an agent with terminals answers to what comes through its tunnel. */
export class FakeTerminalHost {
  readonly terminals = new Map<string, FakeTerminal>();
  /** What every request is refused with; null for none. */
  refusal: { readonly status: number; readonly msg: string } | null = null;

  terminal(id: string): FakeTerminal {
    const terminal = this.terminals.get(id) ?? new FakeTerminal(id);
    this.terminals.set(id, terminal);
    return terminal;
  }

  readonly serve: ServeHandler = (request) => {
    const { pathname, searchParams } = new URL(request.url);
    if (this.refusal !== null) return answer(this.refusal.status, 20002, this.refusal.msg);
    const [, id = "", rest] = /^\/v1\/terminals(?:\/([^/]+))?(\/attach)?$/.exec(pathname) ?? [];
    if (pathname === "/v1/terminals" && request.method === "GET") {
      return answer(200, 0, "ok", { terminals: [...this.terminals.values()].map(({ view }) => view) });
    }
    if (pathname === "/v1/terminals") return this.#made(request);
    const terminal = this.terminals.get(id);
    if (terminal === undefined) return answer(404, 10005, `There is no terminal ${id}`);
    if (request.method === "DELETE") {
      terminal.exit({ reason: "ended by somebody" });
      this.terminals.delete(id);
      return answer(200, 0, "ok", {});
    }
    if (rest === undefined) return answer(404, 10005, "There is no such route");
    const actor = callerIn(request.headers);
    return upgrade(request, (duplex) => terminal.attach(duplex, actor, searchParams));
  };

  async #made(request: Request): Promise<Response> {
    const { cols, rows } = await request.json();
    const terminal = this.terminal(`t-${this.terminals.size + 1}`);
    terminal.size = { cols, rows };
    return answer(200, 0, "ok", terminal.view);
  }
}

function answer(status: number, code: number, msg: string, data: unknown = null): Response {
  return Response.json({ code, msg, data }, { status });
}
