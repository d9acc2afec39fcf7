import assert from "node:assert/strict";
import fc from "fast-check";
import { type FakeSocket, socketPair } from "../../../../tests/helpers/fake_sockets.ts";
import { nextText, settle } from "../../../../tests/helpers/fake_uplink.ts";
import { hubFixture } from "../../../../tests/helpers/hub_fixture.ts";
import { type ErrorCode, ERRORS } from "../../../core/mod.ts";
import { type Challenge, FLEET_SERIES, HANDSHAKE_MAX_BYTES, type Proof, type Refusal } from "../../../protocol/mod.ts";

function isRefused(verdict: { type: string }, code: ErrorCode, canRetry: boolean): void {
  assert.equal(verdict.type, "refusal");
  const { code: number, retryAfterMs } = verdict as Refusal;
  assert.deepEqual([number, retryAfterMs !== undefined], [ERRORS[code].number, canRetry]);
}

Deno.test("a host that proves who it is gets a session, by which each side can ask the other", async () => {
  const { hub, enrolled, connect, clock, view, told, stop } = await hubFixture();
  const uplink = await enrolled("web");
  const welcome = await connect(uplink);
  assert.ok(welcome.type === "welcome");
  assert.deepEqual([welcome.name, welcome.heartbeatIntervalMs, welcome.timeMs], ["web", 10_000, clock.nowMs()]);
  assert.deepEqual([welcome.series, welcome.have], [[...FLEET_SERIES], { sampleMs: null, eventSeq: 0 }]);
  const answer = await hub.fetch(uplink.hostId, new Request("http://tunnel/v1/status"));
  assert.equal(await answer.text(), "from the agent");
  assert.equal((await uplink.heartbeat(clock.nowMs())).status, 200);
  assert.deepEqual([view(uplink).state, view(uplink).address, told], ["online", "192.0.2.1", [
    `arrived ${uplink.hostId}`,
  ]]);
  assert.deepEqual([hub.report().tunnels, hub.report().handshakes], [1, 1]);
  await stop();
  assert.deepEqual([hub.report().tunnels, clock.sleeping, uplink.session?.end !== null], [0, 0, true]);
});

Deno.test("a proof that is not good is refused with a code that says why, and nobody is let in", async () => {
  const { hub, enrolled, accept, stop } = await hubFixture();
  const [uplink, other] = [await enrolled("web"), await enrolled("db")];
  const tries: [ErrorCode, boolean, (proof: Proof) => unknown][] = [
    ["unauthorized", false, (proof) => ({ ...proof, signature: "A".repeat(86) })],
    ["unauthorized", false, (proof) => ({ ...proof, hostId: other.hostId })],
    ["not_found", false, (proof) => ({ ...proof, hostId: "nobody" })],
    ["invalid_input", false, (proof) => ({ ...proof, runId: "x" })],
    ["invalid_input", false, (proof) => ({ ...proof, facts: { ...proof.facts, hostname: "x".repeat(300) } })],
    ["invalid_input", false, () => "no JSON"],
    ["invalid_input", false, () => "null"],
    ["invalid_input", false, () => "x".repeat(HANDSHAKE_MAX_BYTES + 1)],
  ];
  for (const [code, canRetry, tamper] of tries) isRefused(await uplink.connect(accept, tamper), code, canRetry);
  assert.equal(hub.report().tunnels, 0);
  assert.deepEqual(hub.report().refused, { unauthorized: 2, not_found: 1, invalid_input: 5 });
  await stop();
});

Deno.test("a proof is good for its own connection alone", async () => {
  const { enrolled, accept, stop } = await hubFixture();
  const uplink = await enrolled();
  let stolen: Proof | undefined;
  await uplink.connect(accept, (proof) => stolen = proof);
  isRefused(await uplink.connect(accept, () => stolen), "unauthorized", false);
  await stop();
});

Deno.test("a worker, and a host that was removed, cannot be claimed", async () => {
  const { hub, enrolled, accept, connect, stop } = await hubFixture();
  const uplink = await enrolled();
  const worker = await hub.workerHeartbeat({ info: { hostname: "old" }, status: {} }, "192.0.2.9");
  isRefused(await uplink.connect(accept, (proof) => ({ ...proof, hostId: worker.hostId })), "not_found", false);
  await hub.remove(uplink.hostId);
  isRefused(await connect(uplink), "not_found", false);
  await stop();
});

Deno.test("binary messages, and a second one before the verdict, are no handshake", async () => {
  const { enrolled, accept, stop } = await hubFixture();
  const uplink = await enrolled();
  for (const send of [sendBytes, sendTwice]) {
    const { client, server } = socketPair();
    accept(server.webSocket);
    const challenge: Challenge = await nextText(client);
    const verdict = nextText<Refusal>(client);
    send(client, JSON.stringify(await uplink.proof(challenge)));
    isRefused(await verdict, "invalid_input", false);
    await settle();
    assert.equal(client.readyState, WebSocket.CLOSED);
  }
  await stop();
});

function sendBytes(socket: FakeSocket): void {
  socket.send(new Uint8Array([1, 2, 3]));
}

function sendTwice(socket: FakeSocket, proof: string): void {
  socket.send(proof);
  socket.send(proof);
}

Deno.test("whoever says nothing is cut off at the deadline, and dropped if it does not even answer the close", async () => {
  const dropped: WebSocket[] = [];
  const { hub, accept, clock, stop } = await hubFixture({
    dropSocket: (socket) => (dropped.push(socket), end(socket)),
  });
  const pairs = Array.from({ length: 20 }, () => socketPair());
  for (const { server } of pairs) accept(server.webSocket);
  for (const { client } of pairs.slice(10)) client.isDeaf = true;
  await clock.advance(9_900);
  assert.equal(hub.report().handshakesUnderWay, 20);
  await clock.advance(500);
  assert.deepEqual([hub.report().handshakesUnderWay, dropped.length], [0, 0]);
  isRefused(JSON.parse(pairs[0]?.client.texts[1] ?? ""), "timeout", true);
  assert.equal(hub.report().queues.connectionsLeaving, 10);
  await clock.advance(2_500);
  assert.deepEqual([dropped.length, hub.report().queues.connectionsLeaving], [10, 0]);
  await stop();
});

function end(socket: WebSocket): boolean {
  (socket as unknown as FakeSocket).end(1006);
  return true;
}

Deno.test("where sockets cannot be dropped their maker gets no more of them", async () => {
  const { hub, accept, clock, stop } = await hubFixture({ dropSocket: () => false, doorway: { perAddress: 5 } });
  let refused = 0;
  for (let at = 0; at < 100; at++) {
    try {
      hub.admit("192.0.2.1");
    } catch {
      refused++;
      continue;
    }
    const { client, server } = socketPair();
    client.isDeaf = true;
    accept(server.webSocket);
  }
  await clock.advance(60_000);
  assert.equal(refused, 80);
  assert.throws(() => hub.admit("192.0.2.1"), /too many connections/);
  hub.admit("192.0.2.2");
  await stop();
});

Deno.test("ten thousand connections that say nothing leave the manager unharmed and others their way in", async () => {
  const { hub, enrolled, clock, stop } = await hubFixture({ dropSocket: end });
  const uplink = await enrolled();
  let taken = 0;
  for (let at = 0; at < 10_000; at++) {
    const address = `198.51.100.${at % 250}`;
    try {
      hub.admit(address);
    } catch {
      continue;
    }
    taken++;
    const { client, server } = socketPair();
    client.isDeaf = true;
    hub.accept(server.webSocket, address);
  }
  assert.ok(taken <= 2_100, `${taken} sockets are held`);
  await clock.advance(15_000);
  assert.equal(hub.report().handshakesUnderWay, 0);
  assert.equal((await uplink.connect((socket) => hub.accept(socket, "192.0.2.1"))).type, "welcome");
  await stop();
});

Deno.test("when all come at once some are asked to come later, each at a time of its own", async () => {
  const times = [0.1, 0.9];
  const { enrolled, accept, connect, stop, clock } = await hubFixture({
    doorway: { perAddress: 2 },
    random: () => times.shift() ?? 0.5,
  });
  const waiting = [socketPair(), socketPair()];
  for (const { server } of waiting) accept(server.webSocket);
  const verdicts = [await connect(await enrolled("a")), await connect(await enrolled("b"))];
  for (const verdict of verdicts) isRefused(verdict, "rate_limited", true);
  assert.deepEqual(verdicts.map((verdict) => (verdict as Refusal).retryAfterMs), [1_100, 1_900]);
  for (const { client } of waiting) client.cut();
  await clock.advance(300);
  assert.equal((await connect(await enrolled("c"))).type, "welcome");
  await stop();
});

Deno.test("a host that goes away in the middle of its handshake leaves nothing behind", async () => {
  const { hub, enrolled, accept, stop, clock } = await hubFixture();
  const uplink = await enrolled();
  const { client, server } = socketPair();
  accept(server.webSocket);
  const challenge: Challenge = await nextText(client);
  client.send(JSON.stringify(await uplink.proof(challenge)));
  client.cut();
  await settle(10);
  await clock.advance(15_000);
  const { tunnels, handshakesUnderWay, queues } = hub.report();
  assert.deepEqual([tunnels, handshakesUnderWay, queues.connectionsLeaving], [0, 0, 0]);
  await stop();
});

Deno.test("a stopped manager takes nobody in and keeps no socket", async () => {
  const { hub, accept, stop } = await hubFixture();
  await stop();
  assert.throws(() => hub.admit("192.0.2.1"), /stopping/);
  const { client, server } = socketPair();
  accept(server.webSocket);
  await settle();
  assert.deepEqual([client.readyState, client.texts, hub.report().handshakesUnderWay], [WebSocket.CLOSED, [], 0]);
});

Deno.test("no text in place of a proof is anything but refused", async () => {
  const { hub, enrolled, accept, stop, clock } = await hubFixture();
  const uplink = await enrolled();
  const near = (proof: Proof) => fc.record({ ...constants(proof), signature: fc.string(), hostId: fc.string() });
  const proof = await uplink.proof({ type: "challenge", managerId: "m", nonce: "n", timeMs: 1 });
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(fc.string(), fc.json(), near(proof).map((value) => JSON.stringify(value))),
      async (text) => {
        const verdict = await uplink.connect(accept, () => text);
        assert.equal(verdict.type, "refusal");
        await clock.advance(250);
      },
    ),
    { numRuns: 60 },
  );
  assert.deepEqual([hub.report().tunnels, hub.report().handshakesUnderWay], [0, 0]);
  await stop();
});

function constants(proof: Proof) {
  return Object.fromEntries(Object.entries(proof).map(([key, value]) => [key, fc.constant(value)]));
}
