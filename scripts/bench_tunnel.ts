/**
 * `deno task bench:tunnel [--requests 3000] [--megabytes 2000] [--sessions 1000] [--json]`: the tunnel between two
 * processes over WebSockets on loopback: small requests beside direct ones, bulk each way, many streams with one
 * that nobody reads, and what idle sessions hold. From the sources; it reads /proc: Linux.
 */
import { parseArgs } from "node:util";
import type { Session } from "../src/tunnel/mod.ts";
import { percentile, printResults, type Result } from "./bench_support.ts";
import { runScript } from "./support.ts";
import {
  bulk,
  download,
  MEGA,
  type Memory,
  memoryNow,
  openSocket,
  openTunnel,
  ownBytes,
  type Peer,
  pingAlong,
  smallRequests,
  startPeer,
  to,
  upload,
} from "./tunnel_loads.ts";

const STREAMS = 200;

const row = (what: string, measured: string, budget = ""): Result => ({ what, measured, budget });
const ms = (value: number) => `${value.toFixed(2)} ms`;
const megabytes = (bytes: number) => `${(bytes / MEGA).toFixed(0)} MB`;

async function requestRows(session: Session, peer: Peer, count: number): Promise<Result[]> {
  const { direct, tunnelled } = await smallRequests(session, peer.port, count);
  const rows = [["p50", 0.5], ["p99", 0.99]] as const;
  return rows.flatMap(([name, part]) => {
    const [plain, through] = [percentile(direct, part), percentile(tunnelled, part)];
    return [
      row(`small request, direct, ${name}`, ms(plain)),
      row(`small request, through the tunnel, ${name}`, ms(through), name === "p50" ? `${ms(plain + 3)} at most` : ""),
    ];
  });
}

async function bulkRows(session: Session, peer: Peer, bytes: number): Promise<Result[]> {
  const rows: Result[] = [];
  for (const [what, move] of [["download", download], ["upload", upload]] as const) {
    await move(session, 100 * MEGA); // warm
    const { megabytesPerSecond, halves: [first, second] } = await bulk(peer, bytes, () => move(session, bytes));
    rows.push(
      row(`${what} of ${megabytes(bytes)}`, `${megabytesPerSecond.toFixed(0)} MB/s`, "200 MB/s at least"),
      row(
        "  resident, this process, first and second half",
        `${megabytes(first.own)}, ${megabytes(second.own)}`,
        "flat",
      ),
      row("  resident, other process, the same", `${megabytes(first.peer)}, ${megabytes(second.peer)}`, "flat"),
    );
  }
  return rows;
}

/** Downloads on all streams but one, which is open and never read or not there; in turn, and the better of three. */
async function streamRows(session: Session, peer: Peer, bytes: number): Promise<Result[]> {
  const each = Math.floor(bytes / STREAMS);
  const measure = async () => {
    const pings = pingAlong(session);
    const all = async () => {
      await Promise.all(Array.from({ length: STREAMS - 1 }, () => download(session, each)));
    };
    const { megabytesPerSecond } = await bulk(peer, each * (STREAMS - 1), all);
    return { megabytesPerSecond, waits: await pings.stop() };
  };
  const runs = { without: [await measure()], stalled: [] as Awaited<ReturnType<typeof measure>>[] };
  for (let round = 0; round < 3; round++) {
    const stalled = await session.fetch(to(`/bytes?n=${10 ** 12}`));
    runs.stalled.push(await measure());
    await stalled.body?.cancel();
    runs.without.push(await measure());
  }
  return ([["", runs.without], [", one more stalled", runs.stalled]] as const).flatMap(([what, list]) => {
    const best = list.toSorted((a, b) => b.megabytesPerSecond - a.megabytesPerSecond)[0];
    if (best === undefined) return [];
    return [
      row(`${STREAMS - 1} downloads at once${what}`, `${best.megabytesPerSecond.toFixed(0)} MB/s`),
      row("  ping meanwhile, p50 and highest", `${ms(percentile(best.waits, 0.5))}, ${ms(Math.max(...best.waits))}`),
    ];
  });
}

/** What each end holds for a number of connections, as tunnels and as WebSockets that do nothing. */
async function idleRows(count: number): Promise<Result[]> {
  const cost = async (open: (port: number) => Promise<unknown>) => {
    await using peer = await startPeer();
    await open(peer.port);
    const before = { own: memoryNow(), peer: await peer.memory() };
    const kept: unknown[] = [];
    for (let at = 0; at < count; at += 50) {
      kept.push(...await Promise.all(Array.from({ length: Math.min(50, count - at) }, () => open(peer.port))));
    }
    const after = { own: memoryNow(), peer: await peer.memory() };
    for (const each of kept as { close(): void }[]) each.close();
    return { own: difference(after.own, before.own, count), peer: difference(after.peer, before.peer, count) };
  };
  const kilobytes = ({ heapBytes, rssBytes }: Memory) =>
    `heap ${(heapBytes / 1000).toFixed(1)} kB, resident ${(rssBytes / 1000).toFixed(1)} kB`;
  const plain = await cost((port) => openSocket(port, "/plain"));
  const tunnel = await cost((port) => openTunnel(port));
  return [
    row(`each of ${count} idle WebSockets, server`, kilobytes(plain.peer)),
    row(`each of ${count} idle tunnels, server`, kilobytes(tunnel.peer)),
    row(`each of ${count} idle WebSockets, client`, kilobytes(plain.own)),
    row(`each of ${count} idle tunnels, client`, kilobytes(tunnel.own)),
    row("a session without its WebSocket", `heap ${(ownBytes(10_000) / 1000).toFixed(1)} kB`),
  ];
}

function difference(after: Memory, before: Memory, count: number): Memory {
  return {
    heapBytes: (after.heapBytes - before.heapBytes) / count,
    rssBytes: (after.rssBytes - before.rssBytes) / count,
  };
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      json: { type: "boolean", default: false },
      requests: { type: "string", default: "3000" },
      megabytes: { type: "string", default: "2000" },
      sessions: { type: "string", default: "1000" },
    },
    args: Deno.args,
  });
  const bytes = Number(values.megabytes) * MEGA;
  const results = await idleRows(Number(values.sessions)); // first, while this process has no garbage of its own
  await using peer = await startPeer();
  const session = await openTunnel(peer.port);
  results.push(...await requestRows(session, peer, Number(values.requests)));
  results.push(...await bulkRows(session, peer, bytes));
  results.push(...await streamRows(session, peer, bytes));
  await session.drain(AbortSignal.timeout(5_000));
  printResults(results, values.json);
  return 0;
}

if (import.meta.main) await runScript("bench:tunnel", main);
