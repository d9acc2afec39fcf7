import assert from "node:assert/strict";
import { type FakeApi, fakeApi, fakePorts } from "../../../../tests/helpers/fake_manager_api.ts";
import { hostView } from "../../../../tests/helpers/fake_hub.ts";
import { until } from "../../../../tests/helpers/host.ts";
import { createHttpServer } from "../../../http/mod.ts";
import { LIVE_CLOSE_CODES, LIVE_PATH, type LiveMessage, TUNNEL_SUBPROTOCOL } from "../../../protocol/mod.ts";

interface Served extends AsyncDisposable {
  readonly api: FakeApi;
  readonly host: string;
}

/** The API on a real socket. */
async function serve(api: FakeApi): Promise<Served> {
  let host = "";
  const server = createHttpServer({
    name: "test",
    listen: { kind: "tcp", hostname: "127.0.0.1", port: 0 },
    fetch: api.fetch,
    onListen: (address) => void (host = address.kind === "tcp" ? `127.0.0.1:${address.port}` : ""),
  });
  await server.start(AbortSignal.timeout(5_000));
  return {
    api,
    host,
    async [Symbol.asyncDispose]() {
      await api[Symbol.asyncDispose]();
      await server.stop(AbortSignal.timeout(5_000));
    },
  };
}

interface Connection {
  readonly messages: LiveMessage[];
  /** The code with which it was closed; 1006 where it never opened. */
  readonly closed: Promise<number>;
  /** Resolves when it is open; rejects when it does not come to that. */
  readonly opened: Promise<void>;
  protocol(): string;
  send(message: unknown): void;
  close(): void;
}

function connect(url: string, headers: Record<string, string> = {}, protocols: string[] = []): Connection {
  const socket = new WebSocket(url, { headers, protocols });
  const messages: LiveMessage[] = [];
  const [opened, closed] = [Promise.withResolvers<void>(), Promise.withResolvers<number>()];
  socket.onopen = () => opened.resolve();
  socket.onmessage = ({ data }) => messages.push(JSON.parse(data));
  socket.onerror = (event) => opened.reject(new Error((event as ErrorEvent).message));
  socket.onclose = ({ code }) => closed.resolve(code === 0 ? 1006 : code);
  opened.promise.catch(() => {}); // who only waits for the end does not ask
  return {
    messages,
    opened: opened.promise,
    closed: closed.promise,
    protocol: () => socket.protocol,
    send: (message) => socket.send(JSON.stringify(message)),
    close: () => socket.close(),
  };
}

const HOSTS = [hostView("web-1", { labels: { env: "dev" } }), hostView("db-1")];

Deno.test("a browser comes with a ticket, which is good once; its cookie alone opens nothing", async () => {
  await using served = await serve(fakeApi(fakePorts(...HOSTS)));
  const { api, host } = served;
  const url = `ws://${host}${LIVE_PATH}`;
  const { data } = await (await api.ask("browser", "POST", "/api/v1/tickets")).json();
  const first = connect(`${url}?ticket=${data.ticket}`, { origin: `http://${host}` });
  await first.opened;
  first.send({ type: "subscribe", hosts: "all" });
  await until(() => first.messages.length > 0, "the hosts are told");
  assert.equal(first.messages[0]?.type, "hosts");
  for (
    const [query, headers] of [
      [`?ticket=${data.ticket}`, {}],
      ["?ticket=guessed", { "x-caller": "viewer" }],
      ["", { "x-caller": "browser" }],
      ["", {}],
    ] as const
  ) {
    const refused = connect(url + query, headers);
    await assert.rejects(refused.opened, /401/, query);
    await refused.closed;
  }
  first.close();
  await first.closed;
});

Deno.test("a script comes with its token, a page of another origin does not come in at all", async () => {
  await using served = await serve(fakeApi(fakePorts(...HOSTS)));
  const url = `ws://${served.host}${LIVE_PATH}`;
  const script = connect(url, { "x-caller": "viewer" });
  await script.opened;
  script.send({ type: "ping" });
  await until(() => script.messages.length > 0, "there is an answer");
  assert.deepEqual(script.messages, [{ type: "pong" }]);
  const foreign = connect(url, { "x-caller": "viewer", origin: "https://evil.example" });
  await assert.rejects(foreign.opened, /403/);
  await foreign.closed;
  script.close();
  await script.closed;
});

Deno.test("nobody holds more than twenty live connections, and a place that is left is free again", async () => {
  await using served = await serve(fakeApi(fakePorts(...HOSTS)));
  const { auth } = served.api.ports;
  const open = () => connect(`ws://${served.host}${LIVE_PATH}`, { "x-caller": "viewer" });
  const all = Array.from({ length: 20 }, open);
  await Promise.all(all.map(({ opened }) => opened));
  const refused = open();
  await assert.rejects(refused.opened, /429/);
  await refused.closed;
  all.forEach((each) => each.close());
  await Promise.all(all.map(({ closed }) => closed));
  await until(() => auth.listeners === 0, "all have gone");
  const again = open();
  await again.opened;
  again.close();
  await again.closed;
});

Deno.test("who loses the session is closed, and everybody when the manager stops", async () => {
  const served = await serve(fakeApi(fakePorts(...HOSTS)));
  const { auth, hub } = served.api.ports;
  const connections = ["viewer", "operator"].map((who) =>
    connect(`ws://${served.host}${LIVE_PATH}`, { "x-caller": who })
  );
  await Promise.all(connections.map(({ opened }) => opened));
  auth.ended.add("viewer");
  auth.changed();
  assert.equal(await connections[0]?.closed, LIVE_CLOSE_CODES.unauthorized);
  await served[Symbol.asyncDispose]();
  // The server that stops may be quicker to say so.
  assert.ok([LIVE_CLOSE_CODES.normal, 1001].includes(await connections[1]?.closed ?? 0));
  await until(() => auth.listeners + hub.listeners === 0, "nothing listens any more");
});

/** One that asks for a WebSocket and then reads nothing at all. */
async function deafReader(host: string): Promise<Deno.Conn> {
  const [hostname = "", port] = host.split(":");
  const connection = await Deno.connect({ hostname, port: Number(port) });
  const head = `GET ${LIVE_PATH} HTTP/1.1\r\nHost: ${host}\r\nx-caller: viewer\r\nConnection: Upgrade\r\n` +
    "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
  await connection.write(new TextEncoder().encode(head));
  return connection;
}

/** A short text message as a client sends it, masked with zeros. */
function frameOf(text: string): Uint8Array<ArrayBuffer> {
  const payload = new TextEncoder().encode(text);
  return new Uint8Array([0x81, 0x80 | payload.length, 0, 0, 0, 0, ...payload]);
}

Deno.test("a reader who takes nothing holds up nobody", async () => {
  const many = Array.from({ length: 3_000 }, (_, at) => hostView(`h${at}`, { reason: "x".repeat(2_000) }));
  await using served = await serve(fakeApi(fakePorts(...many)));
  const { hub, auth } = served.api.ports;
  const deaf = await deafReader(served.host);
  await deaf.write(frameOf('{"type":"subscribe","hosts":"all"}'));
  const other = connect(`ws://${served.host}${LIVE_PATH}`, { "x-caller": "operator" });
  await other.opened;
  other.send({ type: "subscribe", hosts: ["h1"] });
  await until(() => other.messages.length === 1, "the other is told");
  for (let round = 1; round <= 4; round++) {
    hub.put(...many.map((host) => ({ ...host, latencyMs: round })));
    await until(() => other.messages.length === 1 + round, "the other is told of the change");
  }
  deaf.close();
  other.close();
  await other.closed;
  await until(() => auth.listeners === 0, "both have gone");
});

Deno.test("a tunnel is taken with its subprotocol, and from no web page", async () => {
  await using served = await serve(fakeApi(fakePorts(...HOSTS)));
  const { hub } = served.api.ports;
  const url = `ws://${served.host}/tunnel`;
  for (
    const [headers, protocols, status] of [
      [{}, [], /400/],
      [{}, ["farhand.v9"], /400/],
      [{ origin: `http://${served.host}` }, [TUNNEL_SUBPROTOCOL], /403/],
    ] as const
  ) {
    const refused = connect(url, headers, [...protocols]);
    await assert.rejects(refused.opened, status);
    await refused.closed;
  }
  assert.equal(hub.accepted.length, 0);
  const tunnel = connect(url, {}, ["other", TUNNEL_SUBPROTOCOL]);
  await tunnel.opened;
  assert.equal(hub.accepted[0]?.address, "127.0.0.1");
  assert.equal(tunnel.protocol(), TUNNEL_SUBPROTOCOL);
  hub.accepted[0]?.socket.close();
  await tunnel.closed;
  const plain = await fetch(`http://${served.host}/tunnel`);
  assert.equal(plain.status, 400);
  await plain.body?.cancel();
});

Deno.test("a plain request for what is a WebSocket is told so", async () => {
  await using api = fakeApi(fakePorts(...HOSTS));
  assert.equal((await api.ask("viewer", "GET", LIVE_PATH)).status, 400);
});
