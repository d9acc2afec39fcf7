/** One who is attached to a terminal of a host, at the other end of the tunnel. It reads the frames by itself, as their specification says. */
import assert from "node:assert/strict";
import { joinedBytes } from "../../src/core/mod.ts";
import { TERMINAL_FRAMES, type TerminalExit, type TerminalState } from "../../src/protocol/mod.ts";
import { type Session, TUNNEL_ORIGIN } from "../../src/tunnel/mod.ts";
import { until } from "./host.ts";

/** With which a shell says whether it tells what is pasted from what is typed. */
// deno-lint-ignore no-control-regex -- it begins with an escape
const PASTE_MODE = /\x1b\[\?2004[hl]\r?/g;

export interface AttachOptions {
  readonly mode?: "control" | "view";
  readonly cols?: number;
  readonly rows?: number;
  readonly from?: number;
  /** False for one that only acknowledges when it is told to. */
  readonly acknowledges?: boolean;
  readonly caller?: string;
  /** False for one that counts the output, and keeps none as text until that is changed. */
  readonly keepsText?: boolean;
}

export class TerminalClient {
  readonly states: TerminalState[] = [];
  exit: TerminalExit | null = null;
  text = "";
  keepsText: boolean;
  outputBytes = 0;
  /** Where the next output begins if none is left out. */
  position = -1;
  /** Where output was left out: from, to. */
  readonly gaps: [number, number][] = [];
  /** Resolves when the stream has ended; with why, if it broke. */
  readonly over: Promise<unknown>;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #options: AttachOptions;
  readonly #decoder = new TextDecoder();

  constructor(readable: ReadableStream<Uint8Array>, writable: WritableStream<Uint8Array>, options: AttachOptions) {
    this.#options = options;
    this.keepsText = options.keepsText ?? true;
    this.#writer = writable.getWriter();
    this.#writer.closed.catch(() => {}); // told by reading
    this.#reader = readable.getReader();
    this.over = this.#read().then(() => null, (error) => error);
  }

  get hasEnded(): boolean {
    return this.exit !== null;
  }

  type(text: string): Promise<void> {
    return this.send(TERMINAL_FRAMES.input, new TextEncoder().encode(text));
  }

  resize(cols: number, rows: number): Promise<void> {
    return this.send(TERMINAL_FRAMES.resize, new Uint8Array([cols >> 8, cols & 255, rows >> 8, rows & 255]));
  }

  acknowledge(position = this.position): Promise<void> {
    const payload = new DataView(new ArrayBuffer(8));
    payload.setBigUint64(0, BigInt(position));
    return this.send(TERMINAL_FRAMES.acknowledge, new Uint8Array(payload.buffer));
  }

  send(type: number, payload: Uint8Array): Promise<void> {
    const frame = new Uint8Array(5 + payload.length);
    new DataView(frame.buffer).setUint32(0, 1 + payload.length);
    frame[4] = type;
    frame.set(payload, 5);
    return this.#writer.write(frame);
  }

  sendRaw(bytes: Uint8Array): Promise<void> {
    return this.#writer.write(bytes);
  }

  async leave(): Promise<void> {
    await this.#writer.close().catch(() => {}); // it has ended
    await this.over;
  }

  /** Waits until what was printed fits, from the given place in the text on. */
  async untilText(pattern: RegExp | string, since = 0): Promise<RegExpMatchArray> {
    const wanted = typeof pattern === "string" ? new RegExp(RegExp.escape(pattern)) : pattern;
    let found: RegExpMatchArray | null = null;
    await until(() => (found = wanted.exec(this.text.slice(since))) !== null, `${wanted} is shown`, 20_000).catch(() =>
      assert.fail(`${wanted} is not in ${JSON.stringify(this.text.slice(since).slice(-2_000))}`)
    );
    return found ?? assert.fail();
  }

  /**
   * Types a command line and gives what it prints, with line ends as they are in texts. A shell that has not shown its
   * prompt yet shows it after what was typed, so what is printed begins with a word of its own.
   */
  async run(command: string): Promise<string> {
    const since = this.text.length;
    const word = crypto.randomUUID().slice(0, 8);
    await this.type(`_was=$?; echo begin-''${word}; (exit $_was); ${command}; echo end-''${word}\r`);
    await this.untilText(`end-${word}`, since);
    const all = this.text.slice(since).replaceAll(PASTE_MODE, "").replaceAll("\r\n", "\n");
    const begin = `begin-${word}\n`;
    return all.slice(all.lastIndexOf(begin) + begin.length, all.lastIndexOf(`end-${word}`));
  }

  async #read(): Promise<void> {
    let rest = new Uint8Array(0);
    for (;;) {
      const { value } = await this.#reader.read();
      if (value === undefined) return assert.equal(rest.length, 0, "half a frame at the end");
      const all = joinedBytes([rest, value]);
      let at = 0;
      for (let length = lengthAt(all, at); length !== null; length = lengthAt(all, at)) {
        this.#frame(all[at + 4] ?? 0, all.subarray(at + 5, at + 4 + length));
        at += 4 + length;
      }
      rest = all.slice(at);
      if (this.#options.acknowledges !== false && this.position > 0) await this.acknowledge().catch(() => {}); // it has ended
    }
  }

  #frame(type: number, payload: Uint8Array): void {
    if (type === TERMINAL_FRAMES.state) this.states.push(JSON.parse(new TextDecoder().decode(payload)));
    else if (type === TERMINAL_FRAMES.exit) this.exit = JSON.parse(new TextDecoder().decode(payload));
    else if (type === TERMINAL_FRAMES.output) this.#output(payload);
    else assert.fail(`a frame of type ${type}`);
  }

  #output(payload: Uint8Array): void {
    const position = Number(new DataView(payload.buffer, payload.byteOffset).getBigUint64(0));
    const bytes = payload.subarray(8);
    if (this.position >= 0 && position !== this.position) this.gaps.push([this.position, position]);
    this.position = position + bytes.length;
    this.outputBytes += bytes.length;
    if (this.keepsText) this.text += this.#decoder.decode(bytes, { stream: true });
  }
}

/** Where the frame that begins there is whole, its length. */
function lengthAt(bytes: Uint8Array, at: number): number | null {
  if (bytes.length < at + 4) return null;
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(at);
  return bytes.length < at + 4 + length ? null : length;
}

/** Attaches; for an answer that is none, the response. */
export async function tryToAttach(
  session: Session,
  id: string,
  options: AttachOptions = {},
): Promise<TerminalClient | Response> {
  const { mode, cols, rows, from, caller } = options;
  const query = Object.entries({ mode, cols, rows, from }).filter(([, value]) => value !== undefined);
  const search = new URLSearchParams(query.map(([name, value]) => [name, String(value)]));
  const headers = caller === undefined ? {} : { "x-farhand-caller": encodeURIComponent(caller) };
  const request = new Request(`${TUNNEL_ORIGIN}/v1/terminals/${id}/attach?${search}`, { headers });
  const answer = await session.duplex(request);
  if (!answer.isUpgraded) return answer.response;
  return new TerminalClient(answer.readable, answer.writable, options);
}

export async function attach(session: Session, id: string, options: AttachOptions = {}): Promise<TerminalClient> {
  const client = await tryToAttach(session, id, options);
  if (client instanceof Response) assert.fail(`${client.status} ${await client.text()}`);
  return client;
}
