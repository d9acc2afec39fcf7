import assert from "node:assert/strict";
import { until } from "../../../../tests/helpers/host.ts";
import { hubFixture } from "../../../../tests/helpers/hub_fixture.ts";
import { TUNNEL_SUBPROTOCOL } from "../../../protocol/mod.ts";

/** Says what makes a WebSocket, and nothing ever after: it neither answers pings nor a close. */
async function silentPeer(port: number): Promise<Deno.TcpConn> {
  const peer = await Deno.connect({ port, hostname: "127.0.0.1" });
  const head = [
    "GET /tunnel HTTP/1.1",
    "host: x",
    "upgrade: websocket",
    "connection: upgrade",
    "sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==",
    "sec-websocket-version: 13",
    `sec-websocket-protocol: ${TUNNEL_SUBPROTOCOL}`,
    "",
    "",
  ];
  await peer.write(new TextEncoder().encode(head.join("\r\n")));
  return peer;
}

async function readToEnd(peer: Deno.TcpConn): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for (const buffer = new Uint8Array(4096);;) {
    const count = await peer.read(buffer).catch(() => null); // it was reset, which is an end too
    if (count === null) return text;
    text += decoder.decode(buffer.subarray(0, count), { stream: true });
  }
}

Deno.test("real sockets of peers that say nothing are gone after the deadline, whatever the peers do", async () => {
  const { hub, clock, stop } = await hubFixture();
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, (request, { remoteAddr }) => {
    const { socket, response } = Deno.upgradeWebSocket(request, { protocol: TUNNEL_SUBPROTOCOL, idleTimeout: 0 });
    hub.accept(socket, remoteAddr.hostname);
    return response;
  });
  const peers = await Promise.all(Array.from({ length: 30 }, () => silentPeer(server.addr.port)));
  const ends = peers.map(readToEnd);
  await until(() => hub.report().handshakesUnderWay === 30, "all shake hands");
  await clock.advance(11_000);
  assert.equal(hub.report().handshakesUnderWay, 0);
  await clock.advance(3_000);
  await until(async () => {
    await clock.advance(250);
    return hub.report().queues.connectionsLeaving === 0;
  }, "all have gone");
  for (const text of await Promise.all(ends)) {
    assert.match(text, /"type":"challenge".*"type":"refusal"/s);
    assert.match(text, /The handshake took too long/);
  }
  for (const peer of peers) peer.close();
  await stop();
  await server.shutdown();
});

Deno.test("a stopped manager closes a real socket that opens only after it was handed over", async () => {
  const { hub, stop } = await hubFixture();
  await stop();
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, (request) => {
    const { socket, response } = Deno.upgradeWebSocket(request, { idleTimeout: 0 });
    hub.accept(socket, "192.0.2.1");
    return response;
  });
  const socket = new WebSocket(`ws://127.0.0.1:${server.addr.port}/tunnel`);
  const closed = Promise.withResolvers<void>();
  socket.addEventListener("close", () => closed.resolve());
  await closed.promise;
  await server.shutdown();
});
