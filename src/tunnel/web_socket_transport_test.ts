import assert from "node:assert/strict";
import { until } from "../../tests/helpers/host.ts";
import type { AppError } from "../core/mod.ts";
import { createSession } from "./exchange/session.ts";
import type { Transport, TransportReceiver } from "./transport.ts";
import { type WebSocketLimits, webSocketTransport } from "./web_socket_transport.ts";

class Notes implements TransportReceiver {
  readonly messages: Uint8Array[] = [];
  readonly closes: (AppError | null)[] = [];

  onMessage(message: Uint8Array): void {
    this.messages.push(message);
  }

  onClose(error: AppError | null): void {
    this.closes.push(error);
  }
}

interface Sockets {
  readonly client: WebSocket;
  readonly server: WebSocket;
}

/** Two ends of a WebSocket over loopback; both are closed at the end. */
async function twoSockets(use: (sockets: Sockets) => Promise<void>): Promise<void> {
  const accepted = Promise.withResolvers<WebSocket>();
  const listener = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, (request) => {
    const { socket, response } = Deno.upgradeWebSocket(request);
    socket.addEventListener("open", () => accepted.resolve(socket));
    return response;
  });
  const client = new WebSocket(`ws://127.0.0.1:${listener.addr.port}`);
  await new Promise((resolve) => client.addEventListener("open", resolve));
  const sockets = { client, server: await accepted.promise };
  try {
    await use(sockets);
  } finally {
    for (const socket of Object.values(sockets)) socket.close();
    await until(
      () => Object.values(sockets).every(({ readyState }) => readyState === WebSocket.CLOSED),
      "both ends are closed",
    );
    await listener.shutdown();
  }
}

function opened(socket: WebSocket, limits?: Partial<WebSocketLimits>): { notes: Notes; transport: Transport } {
  const notes = new Notes();
  const transport = webSocketTransport(socket, limits);
  transport.open(notes);
  return { notes, transport };
}

Deno.test("messages arrive in order either way, and the sender may use its buffer again at once", () =>
  twoSockets(async ({ client, server }) => {
    const [near, far] = [opened(client), opened(server)];
    const buffer = new Uint8Array(3);
    for (let value = 0; value < 50; value++) {
      near.transport.send(buffer.fill(value));
      far.transport.send(buffer.fill(value + 100));
    }
    await until(() => near.notes.messages.length === 50 && far.notes.messages.length === 50, "all have arrived");
    assert.deepEqual(far.notes.messages.map(([byte]) => byte), Array.from({ length: 50 }, (_, at) => at));
    assert.deepEqual(near.notes.messages.map(([byte]) => byte), Array.from({ length: 50 }, (_, at) => at + 100));
  }));

Deno.test("a sender is held back while the socket has too much unsent", () =>
  twoSockets(async ({ client, server }) => {
    const { transport } = opened(client, { maxBufferedBytes: 100_000 });
    const { notes } = opened(server);
    let waits = 0;
    for (let sent = 0; sent < 40; sent++) {
      const room = transport.send(new Uint8Array(60_000));
      if (room === undefined) continue;
      waits++;
      await room;
      assert.ok(client.bufferedAmount <= 50_000);
    }
    assert.ok(waits > 5);
    await until(() => notes.messages.length === 40, "all have arrived");
  }));

Deno.test("a close in good order is told once, and nothing is told to who closes", () =>
  twoSockets(async ({ client, server }) => {
    const [near, far] = [opened(client), opened(server)];
    near.transport.send(Uint8Array.of(1));
    near.transport.close(1000, "done");
    near.transport.close(1000, "done");
    await until(() => far.notes.closes.length > 0 && client.readyState === WebSocket.CLOSED, "both ends are closed");
    server.dispatchEvent(new CloseEvent("close", { code: 1006 })); // the runtime can tell of an end twice
    assert.deepEqual(far.notes.messages, [Uint8Array.of(1)]);
    assert.deepEqual([far.notes.closes, near.notes.closes], [[null], []]);
    assert.throws(() => near.transport.send(Uint8Array.of(1)), { code: "unavailable" });
    assert.throws(() => far.transport.send(Uint8Array.of(1)), { code: "unavailable" });
  }));

Deno.test("a close for a reason is a broken link that says why", () =>
  twoSockets(async ({ client, server }) => {
    const [near, far] = [opened(client), opened(server)];
    far.transport.close(4002, "nonsense ".repeat(50));
    await until(() => near.notes.closes.length > 0, "the close is told");
    assert.match(near.notes.closes[0]?.message ?? "", /4002, nonsense/);
  }));

Deno.test("who waits for room hears of the close", () =>
  twoSockets(async ({ client }) => {
    const { transport, notes } = opened(client, { maxBufferedBytes: 1 });
    const room = transport.send(new Uint8Array(60_000));
    client.dispatchEvent(new CloseEvent("close", { code: 1006 }));
    await assert.rejects(async () => await room, { code: "unavailable" });
    assert.deepEqual(notes.closes.map((error) => error?.code), ["unavailable"]);
  }));

Deno.test("a socket that was closed before its use is a broken link", () =>
  twoSockets(async ({ client, server }) => {
    client.close();
    await until(() => server.readyState === WebSocket.CLOSED, "the socket is closed");
    const { notes } = opened(server);
    await until(() => notes.closes.length > 0, "the close is told");
    assert.match(notes.closes[0]?.message ?? "", /before use/);
  }));

for (
  const [what, message] of [["text", "hello"], ["a message that is too large", new Uint8Array(2001)]] as const
) {
  Deno.test(`${what} breaks the link`, () =>
    twoSockets(async ({ client, server }) => {
      const { notes } = opened(server, { maxMessageBytes: 2000 });
      client.send(new Uint8Array(2000));
      client.send(message);
      client.send(Uint8Array.of(1));
      await new Promise((resolve) => client.addEventListener("close", resolve, { once: true }));
      assert.deepEqual(notes.messages.map(({ length }) => length), [2000]);
      assert.deepEqual(notes.closes.map((error) => error?.code), ["unavailable"]);
    }));
}

Deno.test("a socket that is not open yet is no transport", async () => {
  const socket = new WebSocket("ws://127.0.0.1:1");
  assert.throws(() => webSocketTransport(socket), TypeError);
  await new Promise((resolve) => socket.addEventListener("close", resolve));
});

Deno.test("a tunnel over WebSockets carries a large body both ways and ends in good order", () =>
  twoSockets(async ({ client, server }) => {
    const near = createSession(webSocketTransport(client), { role: "client" });
    const far = createSession(webSocketTransport(server), {
      role: "server",
      serve: (request) => new Response(request.body),
    });
    const body = crypto.getRandomValues(new Uint8Array(60_000));
    const bodies = ReadableStream.from(Array.from({ length: 100 }, () => body));
    const answer = await near.fetch(new Request("http://host/", { method: "POST", body: bodies }));
    assert.equal((await answer.bytes()).length, 6_000_000);
    await far.drain(new AbortController().signal);
    await until(() => near.end !== null, "the session has ended");
    assert.deepEqual([near.end?.isOrderly, far.end?.isOrderly], [true, true]);
  }));
