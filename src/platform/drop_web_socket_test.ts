import assert from "node:assert/strict";
import { dropWebSocket } from "./drop_web_socket.ts";

const UPGRADE = [
  "GET / HTTP/1.1",
  "host: x",
  "upgrade: websocket",
  "connection: upgrade",
  "sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==",
  "sec-websocket-version: 13",
  "",
  "",
].join("\r\n");

Deno.test("a peer that never answers a close does not keep the socket", async () => {
  const opened = Promise.withResolvers<WebSocket>();
  const closed = Promise.withResolvers<void>();
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, (request) => {
    const { socket, response } = Deno.upgradeWebSocket(request, { idleTimeout: 0 });
    socket.onopen = () => opened.resolve(socket);
    socket.onclose = () => closed.resolve();
    return response;
  });
  const peer = await Deno.connect({ port: server.addr.port, hostname: "127.0.0.1" });
  await peer.write(new TextEncoder().encode(UPGRADE));
  const socket = await opened.promise;
  socket.close();
  assert.equal(socket.readyState, WebSocket.CLOSING);
  assert.equal(dropWebSocket(socket), true);
  for (const buffer = new Uint8Array(512); await peer.read(buffer) !== null;);
  await closed.promise;
  assert.equal(socket.readyState, WebSocket.CLOSED);
  peer.close();
  await server.shutdown();
});

Deno.test("what is no socket of this runtime is left alone", () => {
  assert.equal(dropWebSocket({} as WebSocket), false);
});
