import assert from "node:assert/strict";
import type { AttachmentEnd, HostsPort } from "../../src/manager/terminals/mod.ts";
import { type Attached, type AttachRequest, recordingsDir, Terminals } from "../../src/manager/terminals/mod.ts";
import { CALLER_HEADER, terminalAcknowledge, terminalInput } from "../../src/protocol/mod.ts";
import { FakeClock } from "./fake_clock.ts";
import { FakeGuestSocket } from "./fake_guest_socket.ts";
import { FakeTerminalHost } from "./fake_terminal_host.ts";
import { memoryStore } from "./memory_store.ts";
import { recordingLog } from "./recording_log.ts";
import { inTempDir } from "./temp_dir.ts";
import { tunnelPair } from "./tunnel_pair.ts";

export const never = () => AbortSignal.timeout(5_000);

/** One who has attached. */
export interface Visitor {
  readonly socket: FakeGuestSocket;
  readonly attached: Attached;
  readonly told: string[];
  end(): AttachmentEnd | null;
  type(text: string): void;
  acknowledge(position: number): void;
}

/** The manager's terminals on a clock that stands, with an imagined host at the other end of a tunnel. */
export class TerminalsWorld implements AsyncDisposable {
  readonly clock = new FakeClock();
  readonly host = new FakeTerminalHost();
  readonly pair = tunnelPair({ serve: this.host.serve });
  readonly index = memoryStore({ clock: this.clock }).recordings;
  readonly logged = recordingLog();
  readonly terminals: Terminals;
  readonly component: ReturnType<Terminals["component"]>;
  readonly dir: string;
  settings = { recording: true, keepMs: 1e9, maxTotalBytes: 1e9, maxBytes: 1e8 };
  begins: () => Promise<void> = () => Promise.resolve();

  constructor(dir: string, hub: HostsPort | null = null) {
    this.dir = recordingsDir(dir);
    this.terminals = new Terminals({
      ports: { hub: hub ?? { duplex: (_, request) => this.pair.server.duplex(request) }, recordings: this.index },
      ...{ dir: this.dir, clock: this.clock, log: this.logged.log },
      settings: () => this.settings,
    });
    this.component = this.terminals.component([]);
  }

  async start(): Promise<this> {
    await this.component.start(never());
    return this;
  }

  attach(more: Partial<AttachRequest> = {}): Visitor {
    const socket = new FakeGuestSocket();
    const told: string[] = [];
    let end: AttachmentEnd | null = null;
    const attached = this.terminals.attach(socket, {
      ...{ hostId: "h-1", host: "web-1", terminalId: "t-1", actor: "ada", mode: "control", cols: 100, rows: 30 },
      headers: new Headers({ [CALLER_HEADER]: "ada" }),
      ...more,
      told: {
        begun: async (recording) => {
          told.push(`begun ${recording === null ? "unrecorded" : "recorded"}`);
          await this.begins();
        },
        failed: ({ code, message }) => Promise.resolve(void told.push(`failed ${code}: ${message}`)),
        ended: (how) => Promise.resolve(void (end = how)),
      },
    });
    socket.onClosed = () => attached.closed();
    return {
      ...{ socket, attached, told },
      end: () => end,
      type: (text) => attached.received(terminalInput(new TextEncoder().encode(text)).buffer),
      acknowledge: (position) => attached.received(terminalAcknowledge(position).buffer),
    };
  }

  async cast(): Promise<string> {
    const [record] = await this.index.list({ limit: 1 });
    const lines = (await Deno.readTextFile(`${this.dir}/${record?.id}.cast`)).trimEnd().split("\n").slice(1);
    return lines.map((line) => JSON.parse(line)).filter(([, code]) => code === "o").map(([, , text]) => text).join("");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.component.stop(never());
    this.pair[Symbol.dispose]();
    assert.equal(this.clock.sleeping, 0, "no timer is left");
    assert.equal(this.terminals.size, 0);
  }
}

export function inWorld(
  use: (world: TerminalsWorld) => Promise<void>,
  hub: HostsPort | null = null,
): () => Promise<void> {
  return () =>
    inTempDir(async (dir) => {
      await using world = await new TerminalsWorld(dir, hub).start();
      await use(world);
    });
}
