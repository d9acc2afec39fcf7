/** What `bench:tunnel` puts on a tunnel, and what it reads off the processes meanwhile. */
import { createSession, type Session, type Transport, webSocketTransport } from "../src/tunnel/mod.ts";
import { TUNNEL_SUBPROTOCOL } from "../src/protocol/mod.ts";
import { pause } from "./process_use.ts";

export const MEGA = 1_000_000;

export interface Memory {
  readonly rssBytes: number;
  /** Of the JavaScript heap and what it holds outside of it. */
  readonly heapBytes: number;
}

/** After a collection of garbage, where the process was started with one to call. */
export function memoryNow(): Memory {
  (globalThis as { gc?: () => void }).gc?.();
  const { rss, heapUsed, external } = Deno.memoryUsage();
  return { rssBytes: rss, heapBytes: heapUsed + external };
}

export interface Peer extends AsyncDisposable {
  readonly port: number;
  readonly pid: number;
  memory(): Promise<Memory>;
}

export async function startPeer(): Promise<Peer> {
  const script = new URL("tunnel_peer.ts", import.meta.url).href;
  const args = ["run", "-A", "--v8-flags=--expose-gc", script];
  const child = new Deno.Command(Deno.execPath(), { args, stdin: "piped", stdout: "piped" }).spawn();
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const port = Number((await reader.read()).value);
  return {
    port,
    pid: child.pid,
    memory: async () => await (await fetch(`http://127.0.0.1:${port}/memory`)).json(),
    async [Symbol.asyncDispose]() {
      await child.stdin.close();
      await reader.cancel();
      await child.status;
    },
  };
}

export async function openSocket(port: number, path: string): Promise<WebSocket> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, [TUNNEL_SUBPROTOCOL]);
  await new Promise((resolve, reject) => {
    socket.addEventListener("open", resolve, { once: true });
    socket.addEventListener("error", reject, { once: true });
  });
  return socket;
}

export async function openTunnel(port: number): Promise<Session> {
  return createSession(webSocketTransport(await openSocket(port, "/tunnel")), { role: "client" });
}

export const to = (path: string, init?: RequestInit) => new Request(`http://tunnel${path}`, init);

/** The milliseconds of each of so many small requests, one after the other, directly and through the tunnel in turn. */
export async function smallRequests(session: Session, port: number, count: number) {
  const direct: number[] = [];
  const tunnelled: number[] = [];
  const ask = async (into: number[], send: () => Promise<Response>) => {
    const begin = performance.now();
    await (await send()).json();
    into.push(performance.now() - begin);
  };
  const init = { method: "POST", body: JSON.stringify({ a: 1 }) };
  for (let request = -200; request < count; request++) {
    if (request === 0) direct.length = tunnelled.length = 0; // warm by now
    await ask(direct, () => fetch(`http://127.0.0.1:${port}/echo`, init));
    await ask(tunnelled, () => session.fetch(to("/echo", init)));
  }
  return { direct, tunnelled };
}

export async function download(session: Session, bytes: number): Promise<void> {
  const answer = await session.fetch(to(`/bytes?n=${bytes}`));
  let got = 0;
  for await (const chunk of answer.body ?? []) got += chunk.length;
  if (got !== bytes) throw new Error(`asked for ${bytes} bytes, got ${got}`);
}

export async function upload(session: Session, bytes: number): Promise<void> {
  const chunk = new Uint8Array(64 * 1024);
  let left = bytes;
  const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull(controller) {
      const part = chunk.subarray(0, left);
      left -= part.length;
      if (part.length > 0) controller.enqueue(part);
      if (left === 0) controller.close();
    },
  });
  const { bytes: got } = await (await session.fetch(to("/sink", { method: "POST", body }))).json();
  if (got !== bytes) throw new Error(`sent ${bytes} bytes, ${got} arrived`);
}

/** Resident bytes of this process and the peer. */
export interface Resident {
  readonly own: number;
  readonly peer: number;
}

/** Megabytes in a second, and the highest resident memory in the first and the second half of the time. */
export async function bulk(peer: Pick<Peer, "pid">, bytes: number, move: () => Promise<void>) {
  const watched = new AbortController();
  const seen: Resident[] = [];
  const watch = (async () => {
    while (!watched.signal.aborted) {
      seen.push({ own: Deno.memoryUsage().rss, peer: await residentBytes(peer.pid) });
      await pause(0.05);
    }
  })();
  const begin = performance.now();
  await move();
  const seconds = (performance.now() - begin) / 1000;
  watched.abort();
  await watch;
  const half = Math.ceil(seen.length / 2);
  const halves = [highest(seen.slice(0, half)), highest(seen.slice(half))] as const;
  return { megabytesPerSecond: bytes / MEGA / seconds, halves };
}

function highest(seen: readonly Resident[]): Resident {
  return {
    own: seen.reduce((most, { own }) => Math.max(most, own), 0),
    peer: seen.reduce((most, { peer }) => Math.max(most, peer), 0),
  };
}

async function residentBytes(pid: number): Promise<number> {
  const pages = (await Deno.readTextFile(`/proc/${pid}/statm`)).split(" ")[1];
  return Number(pages) * 4096;
}

/** Round trips of pings until stopped: what a heartbeat would wait beside the load. */
export function pingAlong(session: Session): { stop(): Promise<number[]> } {
  const stopped = new AbortController();
  const spans = (async () => {
    const list: number[] = [];
    while (!stopped.signal.aborted) {
      list.push(await session.ping());
      await pause(0.005);
    }
    return list;
  })();
  return {
    stop() {
      stopped.abort();
      return spans;
    },
  };
}

/** What the objects of an idle session weigh by themselves, without a socket. */
export function ownBytes(count: number): number {
  const transport: Transport = { open() {}, send: () => undefined, close() {} };
  const sessions: Session[] = Array.from({ length: count });
  const before = memoryNow();
  for (let at = 0; at < count; at++) sessions[at] = createSession(transport, { role: "server" });
  const bytes = (memoryNow().heapBytes - before.heapBytes) / count;
  for (const session of sessions) session.close();
  return bytes;
}
