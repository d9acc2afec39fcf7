import type { Socket } from "node:net";
import type { ByteStream } from "./byte_stream.ts";
import { CheckFailure } from "./failure_words.ts";
import { endOfHead, parseHead } from "./http_head.ts";
import type { ProxyAddress } from "./proxy.ts";
import { basicCredentials, type ServerAddress } from "./web_address.ts";

/** A connection on which any certificate was accepted. */
export interface UnverifiedTls {
  readonly stream: ByteStream;
  /** When the server's certificate ends; absent when it cannot be told. */
  readonly certificateEndMs?: number;
}

/** The part of node's socket that is used here. */
interface NodeTlsSocket extends AsyncIterable<Uint8Array> {
  getPeerCertificate(): { readonly valid_to?: string };
  write(bytes: Uint8Array, onWritten: (error?: Error | null) => void): boolean;
  on(event: "error", listener: (error: Error) => void): unknown;
  setNoDelay(on: boolean): unknown;
  destroy(): unknown;
}

/**
 * TLS by node's API: it alone tells the other side's certificate, and can be told to accept any. It costs about 4 MB
 * and is loaded when first needed. Whether a certificate is to be trusted is never left to it: older versions of the
 * runtime trust everybody here.
 */
export async function openUnverified(
  { host, port }: ServerAddress,
  signal: AbortSignal,
  proxy: ProxyAddress | null = null,
): Promise<UnverifiedTls> {
  const tls = await import("node:tls");
  signal.throwIfAborted();
  const servername = /[:]|^[\d.]+$/.test(host) ? {} : { servername: host };
  const way = proxy === null ? { host, port } : { socket: await throughProxy(proxy, { host, port }, signal) };
  const options = { ...way, rejectUnauthorized: false, ALPNProtocols: ["http/1.1"], ...servername };
  const connected = Promise.withResolvers<void>();
  const socket: NodeTlsSocket = tls.connect(options, () => connected.resolve());
  const onAbort = () => {
    socket.destroy();
    connected.reject(signal.reason);
  };
  signal.addEventListener("abort", onAbort, { once: true });
  socket.on("error", connected.reject); // also for as long as it lives: an error without a listener ends the program
  try {
    await connected.promise;
    socket.setNoDelay(true); // else some versions hold the request back
    const end = Date.parse(socket.getPeerCertificate().valid_to ?? "");
    return { stream: new NodeStream(socket), ...(Number.isFinite(end) && { certificateEndMs: end }) };
  } catch (error) {
    socket.destroy();
    throw error;
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}

/** When a server's certificate ends. */
export async function certificateEnd(server: ServerAddress, signal: AbortSignal): Promise<number> {
  const { stream, certificateEndMs } = await openUnverified(server, signal);
  stream.close();
  if (certificateEndMs === undefined) throw new CheckFailure("the server shows no certificate");
  return certificateEndMs;
}

const MAX_PROXY_HEAD_BYTES = 16 * 1024;

/** A connection to the server that the proxy has made for us. */
async function throughProxy(proxy: ProxyAddress, server: ServerAddress, signal: AbortSignal): Promise<Socket> {
  if (proxy.kind !== "http") {
    throw new CheckFailure(`this is not done through a proxy of the kind ${proxy.kind}`);
  }
  const { connect } = await import("node:net");
  signal.throwIfAborted();
  const answered = Promise.withResolvers<void>();
  const socket = connect({ host: proxy.host, port: proxy.port }, () => socket.write(connectHead(server, proxy)));
  let head = new Uint8Array();
  const onData = (chunk: Uint8Array) => {
    head = Uint8Array.from([...head, ...chunk]);
    if (endOfHead(head) >= 0 || head.length > MAX_PROXY_HEAD_BYTES) answered.resolve();
  };
  const onAbort = () => answered.reject(signal.reason);
  socket.on("data", onData);
  socket.on("error", answered.reject);
  socket.on("close", () => answered.reject(new CheckFailure("the proxy closed the connection")));
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    await answered.promise;
    const status = parseHead(new TextDecoder("latin1").decode(head))?.status;
    if (status !== 200) throw new CheckFailure(`the proxy answered ${status ?? "what is not HTTP"}`);
    return socket;
  } catch (error) {
    socket.destroy();
    throw error;
  } finally {
    signal.removeEventListener("abort", onAbort);
    socket.removeListener("data", onData);
  }
}

function connectHead({ host, port }: ServerAddress, { login }: ProxyAddress): string {
  const target = `${host.includes(":") ? `[${host}]` : host}:${port}`;
  const authorization = login === null
    ? ""
    : `Proxy-Authorization: ${basicCredentials(login.username, login.password.reveal())}\r\n`;
  return `CONNECT ${target} HTTP/1.1\r\nHost: ${target}\r\n${authorization}\r\n`;
}

class NodeStream implements ByteStream {
  readonly #socket: NodeTlsSocket;
  readonly #chunks: AsyncIterator<Uint8Array>;
  #rest = new Uint8Array();

  constructor(socket: NodeTlsSocket) {
    this.#socket = socket;
    this.#chunks = socket[Symbol.asyncIterator]();
  }

  async read(into: Uint8Array): Promise<number | null> {
    while (this.#rest.length === 0) {
      const { done, value } = await this.#chunks.next();
      if (done) return null;
      this.#rest = new Uint8Array(value);
    }
    const part = this.#rest.subarray(0, into.length);
    into.set(part);
    this.#rest = this.#rest.subarray(part.length);
    return part.length;
  }

  write(bytes: Uint8Array): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#socket.write(bytes, (error) => error ? reject(error) : resolve(bytes.length));
    });
  }

  close(): void {
    this.#socket.destroy();
  }
}
