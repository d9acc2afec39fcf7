/** Bytes to a server as they are, for what no well-behaved client would send. */
import { Buffer } from "node:buffer";
import { createConnection, type Socket } from "node:net";
import { setImmediate } from "node:timers";
import { joinedBytes } from "../../../src/core/mod.ts";
import { until } from "../host.ts";

export interface RawOptions {
  /** The address that it comes from; only where loopback has many. */
  readonly from?: string;
}

export interface RawAnswer {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

export class RawConnection implements Disposable {
  readonly #socket: Socket;
  readonly #openedMs = performance.now();
  #received: Uint8Array[] = [];
  #closedAfterMs: number | null = null;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on("data", (data: Uint8Array) => {
      this.#received.push(data);
    });
    socket.on("error", () => {}); // a close follows
    socket.on("close", () => this.#closedAfterMs ??= performance.now() - this.#openedMs);
  }

  static async open(url: string, { from }: RawOptions = {}): Promise<RawConnection> {
    const { hostname: host, port } = new URL(url);
    const options = { host, port: Number(port), ...from !== undefined && { localAddress: from } };
    const connection = new RawConnection(createConnection(options));
    await connection.#opened();
    return connection;
  }

  get isClosed(): boolean {
    return this.#closedAfterMs !== null;
  }

  get received(): Uint8Array {
    const all = joinedBytes(this.#received);
    this.#received = [all];
    return all;
  }

  get text(): string {
    return new TextDecoder().decode(this.received);
  }

  /** Resolves when it has left this program, or the other side has closed; false then. */
  send(data: string | Uint8Array): Promise<boolean> {
    if (this.isClosed || this.#socket.destroyed) return Promise.resolve(false);
    return new Promise((resolve) => {
      const onClose = () => resolve(false);
      this.#socket.once("close", onClose);
      const done = () => {
        this.#socket.off("close", onClose);
        resolve(true);
      };
      if (this.#socket.write(data)) setImmediate(done);
      else this.#socket.once("drain", done);
    });
  }

  /** How long it was open, once the other side has closed it. */
  async closed(limitMs?: number): Promise<number> {
    await until(() => this.isClosed, "the other side closes the connection", limitMs);
    return this.#closedAfterMs ?? 0;
  }

  /** The first answer, whole as its length says, or what there was of it at the close. */
  async answer(limitMs?: number): Promise<RawAnswer> {
    let found: RawAnswer | null = null;
    await until(() => (found = parsed(this.received)) !== null || this.isClosed, "the server answers", limitMs);
    if (found !== null) return found;
    return { status: 0, headers: new Map(), body: this.text };
  }

  [Symbol.dispose](): void {
    this.#socket.destroy();
  }

  async #opened(): Promise<void> {
    await until(() => !this.#socket.connecting || this.isClosed, "the connection is open, or refused");
    if (this.isClosed || this.#socket.destroyed) throw new Error("The connection was refused");
  }
}

/** What a server answers to these very lines; without a line that is empty, which comes by itself. */
export async function rawAsk(
  url: string,
  lines: readonly string[],
  { body = "", ...options }: RawOptions & { readonly body?: string | Uint8Array } = {},
): Promise<RawAnswer> {
  using connection = await RawConnection.open(url, options);
  await connection.send(`${lines.join("\r\n")}\r\n\r\n`);
  if (body.length > 0) await connection.send(body);
  return await connection.answer();
}

/** The code of an answer in the API's envelope. */
export function codeOf({ body }: RawAnswer): number | undefined {
  try {
    return JSON.parse(body).code;
  } catch {
    return undefined; // it is no envelope
  }
}

function parsed(received: Uint8Array): RawAnswer | null {
  const text = Buffer.from(received).toString("latin1"); // a character for each byte
  const end = text.indexOf("\r\n\r\n");
  if (end < 0) return null;
  const [first = "", ...lines] = text.slice(0, end).split("\r\n");
  const headers = new Map(lines.map((line): [string, string] => {
    const at = line.indexOf(":");
    return [line.slice(0, at).toLowerCase(), line.slice(at + 1).trim()];
  }));
  const rest = text.slice(end + 4);
  const isChunked = headers.get("transfer-encoding") === "chunked";
  const whole = isChunked ? unchunked(rest) : rest.length < Number(headers.get("content-length") ?? 0) ? null : rest;
  if (whole === null) return null;
  return { status: Number(first.split(" ")[1]), headers, body: Buffer.from(whole, "latin1").toString() };
}

/** Null while some is missing. */
function unchunked(text: string): string | null {
  let whole = "";
  for (let rest = text;;) {
    const at = rest.indexOf("\r\n");
    const length = at < 0 ? NaN : parseInt(rest.slice(0, at), 16);
    if (Number.isNaN(length) || rest.length < at + 2 + length + 2) return null;
    if (length === 0) return whole;
    whole += rest.slice(at + 2, at + 2 + length);
    rest = rest.slice(at + 2 + length + 2);
  }
}
