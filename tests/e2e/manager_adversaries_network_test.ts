/** Bytes that no client sends, as many as nobody needs, and as slowly as nobody is: against the program as it is. */
import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { type ErrorCode, ERRORS, joinedBytes } from "../../src/core/mod.ts";
import { HANDSHAKE_TIMEOUT_MS, REPORT_PATHS, TUNNEL_CLOSE_CODES } from "../../src/protocol/mod.ts";
import { type Attacked, attacks } from "../helpers/hostile/attacked.ts";
import { OPCODE, RST, SYN, upgradeHead, webSocketFrame, YAMUX, yamuxFrame } from "../helpers/hostile/frames.ts";
import { heartbeat, Newcomer } from "../helpers/hostile/host.ts";
import { codeOf, type RawAnswer, rawAsk, RawConnection } from "../helpers/hostile/raw.ts";
import { inParallel, IS_LINUX, until } from "../helpers/host.ts";

const MIB = 1024 * 1024;
const LOGIN = "/api/v1/sessions";
const HALF_OPEN = Number(Deno.env.get("FARHAND_HALF_OPEN") ?? 2_000);
/** What a connection may take from its beginning, or from its last sign of life, until it is cut; and some time to see it. */
const CUT_MS = 35_000;

function says(answer: RawAnswer, code: ErrorCode, what: string): void {
  const { http, number } = ERRORS[code];
  assert.deepEqual([answer.status, codeOf(answer)], [http, number], `${what}: ${answer.body.slice(0, 200)}`);
}

/** A connection that is a WebSocket of the tunnel, before the handshake. */
async function upgraded({ url, hostName }: Attacked, from?: string): Promise<RawConnection> {
  const connection = await RawConnection.open(url, { ...from !== undefined && { from } });
  await connection.send(`${upgradeHead(hostName).join("\r\n")}\r\n\r\n`);
  await until(() => connection.text.includes('"challenge"'), "the manager challenges it");
  return connection;
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Sends a message in parts without end until it is cut; gives how much that was. */
async function sendWithoutEnd(send: (frame: Uint8Array) => Promise<boolean>): Promise<number> {
  const part = new Uint8Array(MIB);
  for (let sent = 0; sent < 2_000; sent++) {
    const opcode = sent === 0 ? OPCODE.text : OPCODE.continuation;
    if (!await send(webSocketFrame(opcode, part, { isLast: false }))) return sent * MIB;
  }
  return Infinity;
}

/** What opens a stream of a tunnel and asks for this path. */
function request(streamId: number, path: string, more: Readonly<Record<string, unknown>> = {}): Uint8Array {
  const head = bytes(JSON.stringify({ method: "POST", path, headers: [], ...more }));
  const length = new Uint8Array(4);
  new DataView(length.buffer).setUint32(0, head.length);
  return yamuxFrame(YAMUX.data, SYN, streamId, head.length + 4, joinedBytes([length, head]));
}

attacks("what comes by the network is refused, bounded or cut, and nobody else notices", {
  async "heads that are no heads, or too large, are refused"(attacked) {
    const { url, hostName } = attacked;
    const get = ["GET /healthz HTTP/1.1", `Host: ${hostName}`];
    const post = [`POST ${LOGIN} HTTP/1.1`, `Host: ${hostName}`, "Content-Type: application/json"];
    const bad: [what: string, lines: string[], body?: string][] = [
      ["a header of 1 MB", [...get, `x: ${"a".repeat(MIB)}`]],
      ["an address of 1 MB", [`GET /${"a".repeat(MIB)} HTTP/1.1`, `Host: ${hostName}`]],
      ["1,000 headers", [...get, ...Array.from({ length: 1_000 }, (_, at) => `x-${at}: a`)]],
      ["no HTTP", ["\u0016\u0003\u0001 what is this"]],
      ["two hosts", [...get, "Host: evil.example"]],
      ["two lengths", [...post, "Content-Length: 1", "Content-Length: 2"], "{}"],
      ["a length below zero", [...post, "Content-Length: -1"]],
      ["a length and chunks", [...post, "Content-Length: 5", "Transfer-Encoding: chunked"], "0\r\n\r\n"],
      ["a zero byte", ["GET /\u0000 HTTP/1.1", `Host: ${hostName}`]],
    ];
    for (const [what, lines, body = ""] of bad) {
      const { status } = await rawAsk(url, lines, { body });
      // Versions of the runtime differ in which it is; 0 is a close before the answer was read.
      assert.ok([400, 403, 431, 0].includes(status), `${what}: ${status}`);
    }
    says(await rawAsk(url, [`GET /${"a".repeat(50_000)} HTTP/1.1`, `Host: ${hostName}`]), "not_found", "50 kB");
    says(await rawAsk(url, ["FOO /healthz HTTP/1.1", `Host: ${hostName}`]), "method_not_allowed", "a strange method");
  },

  async "bodies that are too large, compressed, or not what they say, are refused before they cost much"(attacked) {
    const { url, hostName } = attacked;
    const post = [`POST ${LOGIN} HTTP/1.1`, `Host: ${hostName}`, "Content-Type: application/json"];
    says(await rawAsk(url, [...post, "Content-Length: 99999999999"], { body: "{" }), "too_large", "100 GB");
    const chunk = `10000\r\n${" ".repeat(0x10000)}\r\n`;
    says(await rawAsk(url, [...post, "Transfer-Encoding: chunked"], { body: chunk.repeat(4) }), "too_large", "chunks");
    const bomb = gzipSync(new Uint8Array(60 * MIB));
    const gzip = [...post, "Content-Encoding: gzip", `Content-Length: ${bomb.length}`];
    assert.ok(bomb.length < 64 * 1024);
    says(await rawAsk(url, gzip, { body: bomb }), "invalid_input", "a bomb is not inflated");
    const session = await attacked.signIn();
    const big = await session.ask("PUT", "/api/v1/settings", { select: "", values: { a: "x".repeat(2 * MIB) } });
    assert.deepEqual([big.status, big.code], [413, ERRORS.too_large.number]);
    const deep = `{"name":${"[".repeat(60_000)}`;
    says(
      await rawAsk(url, [...post, `Content-Length: ${deep.length}`], { body: deep }),
      "invalid_input",
      "a deep body",
    );
    const form = [post[0] ?? "", post[1] ?? "", "Content-Type: text/plain", "Content-Length: 2"];
    says(await rawAsk(url, form, { body: "{}" }), "invalid_input", "what a web page could send");
  },

  async "what is no handshake of a WebSocket, or a web page's, begins no tunnel"(attacked) {
    const { url, hostName } = attacked;
    const head = upgradeHead(hostName);
    const without = (name: string) => head.filter((line) => !line.startsWith(name));
    says(await rawAsk(url, without("Sec-WebSocket-Key")), "invalid_input", "no key");
    says(await rawAsk(url, without("Connection")), "invalid_input", "no connection");
    says(await rawAsk(url, without("Upgrade")), "invalid_input", "no upgrade");
    says(await rawAsk(url, without("Sec-WebSocket-Protocol")), "invalid_input", "no protocol");
    says(await rawAsk(url, [...head, "Origin: https://evil.example"]), "forbidden", "a web page");
    says(await rawAsk(url, [...head, `Origin: http://${hostName}`]), "forbidden", "even our own");
    says(await rawAsk(url, ["POST /tunnel HTTP/1.1", ...head.slice(1)]), "method_not_allowed", "a POST");
  },

  async "before the handshake nothing but a short text is taken"(attacked) {
    const refused: [what: string, frame: Uint8Array][] = [
      ["bytes", webSocketFrame(OPCODE.binary, new Uint8Array(100))],
      ["a long text", webSocketFrame(OPCODE.text, new Uint8Array(100_000).fill(32))],
      ["no proof", webSocketFrame(OPCODE.text, bytes("{}"))],
    ];
    const broken: [what: string, frame: Uint8Array][] = [
      ["no mask", webSocketFrame(OPCODE.text, bytes("{}"), { isMasked: false })],
      ["an unknown opcode", webSocketFrame(5, bytes("{}"))],
      ["a part of nothing", webSocketFrame(OPCODE.continuation, bytes("{}"))],
      ["a long ping", webSocketFrame(OPCODE.ping, new Uint8Array(1_000))],
      ["a message of 2^60 bytes", webSocketFrame(OPCODE.text, bytes("{}"), { length: 2 ** 60 })],
      ["no UTF-8", webSocketFrame(OPCODE.text, new Uint8Array([0xff, 0xfe]))],
    ];
    await inParallel(9, [...refused, ...broken], async ([what, frame]) => {
      using connection = await upgraded(attacked);
      await connection.send(frame);
      assert.ok(await connection.closed() < HANDSHAKE_TIMEOUT_MS, what);
      const isToldWhy = connection.text.includes(`"code":${ERRORS.invalid_input.number}`);
      assert.ok(isToldWhy || broken.some(([each]) => each === what), `${what}: ${connection.text.slice(-200)}`);
    });
  },

  async "a message without end is cut, before the handshake and after it"(attacked) {
    if (!IS_LINUX) return; // elsewhere nobody can see it
    using stranger = await upgraded(attacked);
    assert.ok(await sendWithoutEnd((frame) => stranger.send(frame)) < 1_000 * MIB);
    using large = await upgraded(attacked);
    await large.send(webSocketFrame(OPCODE.text, new Uint8Array(60 * MIB), { length: 63 * MIB }));
    await large.closed();
    const mallory = await attacked.mallory();
    using known = await upgraded(attacked);
    const challenge = JSON.parse(/\{"type":"challenge".*?\}/.exec(known.text)?.[0] ?? "");
    await known.send(webSocketFrame(OPCODE.text, bytes(JSON.stringify(await mallory.proof(challenge)))));
    await until(() => known.text.includes('"welcome"'), "it is welcome");
    assert.ok(await sendWithoutEnd((frame) => known.send(frame)) < 1_000 * MIB);
  },

  async "after the handshake only yamux is spoken, within its limits"(attacked) {
    const mallory = await attacked.mallory();
    const flood = (frame: (at: number) => Uint8Array) =>
      joinedBytes(Array.from({ length: 20_000 }, (_, at) => frame(at)));
    const ping = yamuxFrame(YAMUX.ping, SYN, 0, 1);
    const overWindow = joinedBytes([
      request(1, REPORT_PATHS.heartbeat),
      ...Array.from({ length: 3 }, () => yamuxFrame(YAMUX.data, 0, 1, 128 * 1024, new Uint8Array(128 * 1024))),
    ]);
    const breaking: [what: string, message: string | Uint8Array][] = [
      ["a text", "hello"],
      ["2 MB at once", new Uint8Array(2 * MIB)],
      ["garbage", crypto.getRandomValues(new Uint8Array(1_000)).fill(255, 0, 12)],
      ["another version", new Uint8Array(12).fill(1, 0, 1)],
      ["an absurd length", yamuxFrame(YAMUX.data, SYN, 1, 0xffffffff)],
      ["an unknown type", yamuxFrame(9, 0, 1, 0)],
      ["an id of the other side", yamuxFrame(YAMUX.window, SYN, 2, 0)],
      ["an id twice", joinedBytes([yamuxFrame(YAMUX.window, SYN, 1, 0), yamuxFrame(YAMUX.window, SYN, 1, 0)])],
      ["a stream that never was", yamuxFrame(YAMUX.data, 0, 99, 4, new Uint8Array(4))],
      ["20,000 pings", flood(() => ping)],
      ["20,000 streams", flood((at) => yamuxFrame(YAMUX.window, SYN, at * 2 + 1, 0))],
      [
        "a window that overflows",
        joinedBytes([
          yamuxFrame(YAMUX.window, SYN, 1, 0xffffffff),
          yamuxFrame(YAMUX.window, 0, 1, 0xffffffff),
        ]),
      ],
      ["more than the window", overWindow],
    ];
    for (const [what, message] of breaking) {
      const { socket } = await mallory.enter();
      const closed = Promise.withResolvers<number>();
      socket.onclose = ({ code }) => closed.resolve(code);
      socket.send(message as string);
      assert.equal(await closed.promise, TUNNEL_CLOSE_CODES.protocol_error, what);
    }
  },

  async "what opens and breaks streams without end costs little, and what has no head is answered so"(attacked) {
    const mallory = await attacked.mallory();
    const { socket } = await mallory.enter();
    const answers: Uint8Array[] = [];
    socket.onmessage = ({ data }) => answers.push(new Uint8Array(data));
    const heads: [head: Uint8Array, status: number][] = [
      [request(1, "/v1/heartbeat", { method: "CONNECT" }), 400],
      [request(3, "/v1/heartbeat", { method: "GET\r\nx: y" }), 400],
      [request(5, "no path"), 400],
      [request(7, "/v1/heartbeat", { headers: [["x", "a\r\nb"]] }), 400],
      [request(9, "/v1/heartbeat", { headers: Array.from({ length: 1_000 }, () => ["x", "y"]) }), 431],
      [yamuxFrame(YAMUX.data, SYN, 11, 4, new Uint8Array([0xff, 0xff, 0xff, 0xff])), 431],
      [yamuxFrame(YAMUX.data, SYN, 13, 6, new Uint8Array([0, 0, 0, 2, 0xff, 0xfe])), 400],
    ];
    const text = () => answers.map((part) => new TextDecoder().decode(part)).join("");
    for (const [head, status] of heads) {
      answers.length = 0;
      socket.send(head);
      await until(() => text().includes(`"status":${status}`), `status ${status}`);
    }
    for (let round = 0; round < 100; round++) {
      const opened = Array.from({ length: 200 }, (_, at) => {
        const id = 101 + 2 * (round * 200 + at);
        return joinedBytes([yamuxFrame(YAMUX.window, SYN, id, 0), yamuxFrame(YAMUX.window, RST, id, 0)]);
      });
      socket.send(joinedBytes(opened));
    }
    answers.length = 0;
    socket.send(request(99_999, "/nothing") as Uint8Array<ArrayBuffer>);
    await until(() => text().includes('"status":404'), "it is answered still");
    socket.close();
  },

  async "whoever is slow, or says nothing, is cut at the deadline"(attacked) {
    const { url, hostName } = attacked;
    const head = `POST ${LOGIN} HTTP/1.1\r\nHost: ${hostName}\r\nContent-Type: application/json\r\n`;
    const slow: [what: string, begin: string, goOn: string][] = [
      ["nothing", "", ""],
      ["a head, byte by byte", head, "x"],
      ["a body, byte by byte", `${head}Content-Length: 1000\r\n\r\n`, " "],
    ];
    const untilCut = async ([what, begin, goOn]: typeof slow[number]) => {
      if (!IS_LINUX && !begin.endsWith("\r\n\r\n")) return; // elsewhere nobody can see it
      using connection = await RawConnection.open(url);
      await connection.send(begin);
      const timer = setInterval(() => void connection.send(goOn), 1_000);
      try {
        await until(() => connection.isClosed || connection.text.includes("HTTP/1.1 504"), `${what} ends`, CUT_MS);
      } finally {
        clearInterval(timer);
      }
    };
    const silent = async () => {
      using connection = await upgraded(attacked);
      assert.ok(await connection.closed() < HANDSHAKE_TIMEOUT_MS + 5_000);
      assert.ok(connection.text.includes(`"code":${ERRORS.timeout.number}`));
    };
    const mute = async () => {
      const { socket } = await (await attacked.mallory()).enter();
      const closed = Promise.withResolvers<void>();
      socket.onclose = () => closed.resolve();
      socket.send(yamuxFrame(YAMUX.window, SYN, 1, 0) as Uint8Array<ArrayBuffer>);
      setTimeout(() => socket.close(), 5_000); // it may stay, as a host that has nothing to say
      await closed.promise;
    };
    await Promise.all([...slow.map(untilCut), silent(), mute()]);
  },

  async "connections of one address that prove nothing are limited, and others get in"(attacked) {
    const { url, hostName } = attacked;
    const shaking: RawConnection[] = [];
    const refused: RawAnswer[] = [];
    try {
      await inParallel(20, Array.from({ length: 300 }), async () => {
        const connection = await RawConnection.open(url);
        shaking.push(connection);
        await connection.send(`${upgradeHead(hostName).join("\r\n")}\r\n\r\n`);
        const answer = await connection.answer();
        if (answer.status !== 101) refused.push(answer);
      });
      assert.ok(refused.length >= 40, `${refused.length} were refused`);
      for (const answer of refused) says(answer, "rate_limited", "too many");
      if (!IS_LINUX) return; // loopback has one address there
      using other = await upgraded(attacked, "127.0.0.2");
      assert.ok(other.text.includes('"challenge"'));
    } finally {
      for (const connection of shaking) connection[Symbol.dispose]();
    }
    await until(async () => {
      try {
        const newcomer = await Newcomer.dial(url);
        newcomer.socket.close();
        return true;
      } catch {
        return false; // those that have left are not forgotten yet
      }
    }, "the address is let in again");
  },

  async [`${HALF_OPEN} half-open connections keep nobody out`](attacked) {
    const { url, hostName } = attacked;
    const half: RawConnection[] = [];
    try {
      await inParallel(50, Array.from({ length: HALF_OPEN }, (_, at) => at), async (at) => {
        const from = IS_LINUX ? { from: `127.0.1.${1 + at % 200}` } : {};
        const connection = await RawConnection.open(url, from);
        half.push(connection);
        if (at % 2 === 0) await connection.send(`GET / HTTP/1.1\r\nHost: ${hostName}\r\n`);
      });
      const mallory = await attacked.mallory();
      using session = await mallory.connect();
      assert.equal((await session.report(REPORT_PATHS.heartbeat, heartbeat())).status, 200);
      assert.equal((await (await attacked.signIn()).ask("GET", "/api/v1/me")).status, 200);
      await attacked.unharmed();
    } finally {
      for (const connection of half) connection[Symbol.dispose]();
    }
  },
});
