import assert from "node:assert/strict";
import { hostText } from "../../../../tests/helpers/fixture_host.ts";
import { addSockstat, queueReader, stateReader, tcpStatesByName } from "./sockets.linux.ts";

Deno.test("sockets are counted by protocol, and the pages of their memory become bytes", () => {
  const found: Record<string, Record<string, number>> = {};
  addSockstat(hostText("server128", "proc/net/sockstat"), 65536, found);
  addSockstat(hostText("server128", "proc/net/sockstat6"), 65536, found);
  assert.deepEqual(found["sockets"], { used: 92345 });
  assert.deepEqual(found["TCP"], {
    inuse: 41301,
    orphan: 12,
    tw: 10422,
    alloc: 42800,
    mem: 5123,
    mem_bytes: 5123 * 65536,
  });
  assert.deepEqual(found["TCP6"], { inuse: 901 });
  assert.deepEqual(found["FRAG6"], { inuse: 0, memory: 0 });
});

Deno.test("the bytes that wait in the queues of all sockets are added up", () => {
  const queues = { sendBytes: 1, receiveBytes: 2 };
  hostText("server128", "proc/net/udp").split("\n").forEach(queueReader(queues));
  hostText("server128", "proc/net/udp6").split("\n").forEach(queueReader(queues));
  assert.deepEqual(queues, { sendBytes: 1 + 0x300, receiveBytes: 2 + 0x45000 + 0x1000 });
});

Deno.test("connections are counted by state, and a state without one is zero", () => {
  const counts: number[] = [];
  const onLine = stateReader(counts);
  for (const file of ["tcp", "tcp6"]) hostText("server128", `proc/net/${file}`).split("\n").forEach(onLine);
  const states = tcpStatesByName(counts);
  assert.deepEqual(states, {
    established: 20,
    syn_sent: 0,
    syn_recv: 1,
    fin_wait1: 0,
    fin_wait2: 0,
    time_wait: 5,
    close: 0,
    close_wait: 0,
    last_ack: 0,
    listen: 2,
    closing: 0,
  });
});

Deno.test("a captured host had connections in many states", () => {
  const counts: number[] = [];
  hostText("loaded", "proc/net/tcp").split("\n").forEach(stateReader(counts));
  const states = tcpStatesByName(counts);
  assert.ok(
    ["established", "close_wait", "fin_wait2", "time_wait", "listen"].every((state) => (states[state] ?? 0) > 0),
  );
});
