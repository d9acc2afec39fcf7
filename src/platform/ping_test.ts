import assert from "node:assert/strict";
import type { PingResult } from "./halves.ts";
import { ping } from "./ping.ts";
import { pingOnce } from "./ping.posix.ts";
import type { IcmpSocket, IcmpSocketKind } from "./posix/icmp_socket.ts";

const ERRORS = { EAGAIN: 11, notPermitted: [1, 13], words: new Map([[113, "no route"]]), advice: "ask root" };

/** A host that answers in its own way. */
function fakeSocket(answer: (sent: Uint8Array) => (Uint8Array | number)[]) {
  let queue: (Uint8Array | number)[] = [];
  const state = { closed: 0 };
  const socket: IcmpSocket = {
    send: (packet) => (queue = answer(packet), packet.length),
    receive(into) {
      const next = queue.shift() ?? -11;
      if (typeof next === "number") return next;
      into.set(next);
      return next.length;
    },
    wait: () => new Promise((resolve) => setTimeout(() => resolve(true), 0)),
    close: () => void state.closed++,
  };
  return { socket, state };
}

const reply = (packet: Uint8Array) => new Uint8Array([0, 0, 0, 0, ...packet.subarray(4)]);
const quiet = new AbortController().signal;
const ask = (open: (kind: IcmpSocketKind) => IcmpSocket | number, signal = quiet): Promise<PingResult> =>
  pingOnce("127.0.0.1", signal, { os: "linux", open: (_target, kind) => open(kind), errors: ERRORS });

Deno.test("packets of others are passed over until the answer comes", async () => {
  const { socket, state } = fakeSocket((sent) => [sent, new Uint8Array([0, 0]), -11, -11, reply(sent)]);
  assert.deepEqual(await ask(() => socket), { kind: "answered" });
  assert.equal(state.closed, 1);
});

Deno.test("an error of the network is the result", async () => {
  const { socket } = fakeSocket(() => [-113]);
  assert.deepEqual(await ask(() => socket), { kind: "failed", reason: "no route" });
  assert.deepEqual(await ask(() => -93), { kind: "failed", reason: "error 93 of the system" });
});

Deno.test("who may not use the one kind of socket tries the other, and says so when neither is permitted", async () => {
  const kinds: string[] = [];
  const { socket } = fakeSocket((sent) => [reply(sent)]);
  assert.deepEqual(await ask((kind) => (kinds.push(kind), kind === "ping" ? -13 : socket)), { kind: "answered" });
  assert.deepEqual(kinds, ["ping", "raw"]);
  assert.deepEqual(await ask((kind) => (kind === "ping" ? -13 : -1)), { kind: "not_permitted", reason: "ask root" });
});

Deno.test("without an answer it waits until the signal aborts, and closes its socket", async () => {
  const { socket, state } = fakeSocket(() => []);
  const over = new AbortController();
  const asking = assert.rejects(ask(() => socket, over.signal), /over/);
  over.abort(new Error("over"));
  await asking;
  assert.equal(state.closed, 1);
});

Deno.test("this host answers itself, by IPv4 and IPv6, where it may be asked", async (test) => {
  for (const address of ["127.0.0.1", "::1"]) {
    const result = await ping(address, AbortSignal.timeout(5_000));
    const hasNone = result.kind === "failed" && /no (such kind of )?address/.test(result.reason);
    await test.step({
      name: address,
      ignore: result.kind === "not_permitted" || hasNone,
      fn: () => assert.deepEqual(result, { kind: "answered" }),
    });
  }
});
