import assert from "node:assert/strict";
import { systemClock } from "../../src/core/mod.ts";
import { createHttpServer } from "../../src/http/mod.ts";
import { ManagerApi } from "../../src/manager/api/mod.ts";
import { recordingsDir, Terminals } from "../../src/manager/terminals/mod.ts";
import {
  outputOf,
  type Role,
  ROLES,
  TERMINAL_CLOSE_CODES,
  TERMINAL_FRAMES,
  terminalAcknowledge,
  terminalAttachPath,
  terminalInput,
} from "../../src/protocol/mod.ts";
import { type FakePorts, fakePorts } from "../helpers/fake_manager_api.ts";
import { FakeTerminalHost } from "../helpers/fake_terminal_host.ts";
import type { FakeUplink } from "../helpers/fake_uplink.ts";
import { until } from "../helpers/host.ts";
import { type HubFixture, hubFixture } from "../helpers/hub_fixture.ts";
import { managerAuth, OFFICE, PASSWORD, type TestAuth } from "../helpers/manager_auth.ts";
import { recordingLog } from "../helpers/recording_log.ts";

/** Terminals from a real WebSocket through the real API, auth, hub and tunnel, to a host that is imagined. */
interface World extends AsyncDisposable {
  readonly test: TestAuth;
  readonly fixture: HubFixture;
  readonly uplink: FakeUplink;
  readonly ports: FakePorts;
  readonly terminals: FakeTerminalHost;
  readonly part: Terminals;
  readonly address: string;
}

async function newWorld(): Promise<World> {
  const test = await managerAuth();
  const fixture = await hubFixture();
  const terminals = new FakeTerminalHost();
  const uplink = await fixture.host("web-1");
  uplink.serve = (request) => terminals.serve(request, { session: uplink.session as never });
  await fixture.hub.change(uplink.hostId, { labels: { env: "prod" } });
  const dir = await Deno.makeTempDir();
  const part = new Terminals({
    ports: { hub: fixture.hub, recordings: fixture.store.recordings },
    ...{ dir: recordingsDir(dir), clock: systemClock, log: recordingLog().log },
    settings: () => ({ recording: true, keepMs: 1e12, maxTotalBytes: 1e9, maxBytes: 1e8 }),
  });
  await part.component([]).start(AbortSignal.timeout(5_000));
  const ports = fakePorts();
  const api = new ManagerApi({ ...ports, auth: test.auth, hub: fixture.hub, terminals: part }, {
    ...{ clock: systemClock, log: recordingLog().log, version: "1.0.0", workerToken: null },
    metrics: { fleet: false, token: null },
  });
  let address = "";
  const server = createHttpServer({
    name: "test",
    listen: { kind: "tcp", hostname: "127.0.0.1", port: 0 },
    fetch: api.app({ gate: test.auth.gate, isSecure: false }),
    onListen: (bound) => void (address = bound.kind === "tcp" ? `127.0.0.1:${bound.port}` : ""),
  });
  await server.start(AbortSignal.timeout(5_000));
  return {
    ...{ test, fixture, uplink, ports, terminals, part, address },
    async [Symbol.asyncDispose]() {
      await api.component().stop(AbortSignal.timeout(5_000));
      await part.component([]).stop(AbortSignal.timeout(5_000));
      await server.stop(AbortSignal.timeout(5_000));
      await fixture.stop();
      await Deno.remove(dir, { recursive: true });
    },
  };
}

interface Client {
  text: string;
  position: number;
  /** Whether what is shown is acknowledged. */
  isReading: boolean;
  readonly states: { mode: string; isRecorded?: boolean }[];
  /** Resolves with the code and reason; 1006 where it never opened. */
  readonly closed: Promise<{ code: number; reason: string }>;
  /** Rejects where it does not come to that. */
  readonly opened: Promise<void>;
  type(text: string): void;
  close(): void;
}

function connect({ address }: World, query: string, headers: Record<string, string>, host = "web-1"): Client {
  const socket = new WebSocket(`ws://${address}${terminalAttachPath(host, "t-1")}${query}`, { headers });
  socket.binaryType = "arraybuffer";
  const [opened, closed] = [Promise.withResolvers<void>(), Promise.withResolvers<{ code: number; reason: string }>()];
  opened.promise.catch(() => {}); // who only waits for the end does not ask
  const decoder = new TextDecoder();
  const client: Client = {
    ...{ text: "", position: 0, isReading: true, states: [], closed: closed.promise, opened: opened.promise },
    type: (text) => socket.send(terminalInput(new TextEncoder().encode(text))),
    close: () => socket.close(),
  };
  socket.onopen = () => opened.resolve();
  socket.onerror = (event) => {
    event.preventDefault();
    opened.reject(new Error((event as ErrorEvent).message));
  };
  socket.onclose = ({ code, reason }) => closed.resolve({ code: code === 0 ? 1006 : code, reason });
  socket.onmessage = ({ data }) => {
    const message = new Uint8Array(data as ArrayBuffer);
    if (message[0] === TERMINAL_FRAMES.state) client.states.push(JSON.parse(decoder.decode(message.subarray(1))));
    const output = message[0] === TERMINAL_FRAMES.output ? outputOf(message) : null;
    if (output === null) return;
    client.text += new TextDecoder().decode(output.bytes);
    client.position = output.position + output.bytes.length;
    if (client.isReading) socket.send(terminalAcknowledge(client.position));
  };
  return client;
}

/** Who has signed in by a bearer's token. */
async function bearer({ test }: World, name: string): Promise<Record<string, string>> {
  return { authorization: `Bearer ${(await test.signIn(name)).secret}` };
}

/** A browser that has signed in. */
async function browser({ test, address }: World, name: string) {
  const { setCookie, csrf } = await test.auth.login({ name, password: PASSWORD }, { ...OFFICE, isSecure: false });
  const headers = { cookie: setCookie?.split(";", 1)[0] ?? "", origin: `http://${address}` };
  const ticket = async (): Promise<string> => {
    const response = await fetch(`http://${address}/api/v1/tickets`, {
      method: "POST",
      headers: { ...headers, "x-csrf-token": csrf },
    });
    return (await response.json()).data.ticket;
  };
  return { headers, ticket };
}

async function refusedWith(client: Client, words: RegExp, what: string): Promise<void> {
  await assert.rejects(client.opened, words, what);
  await client.closed;
}

Deno.test("a terminal in a browser: shown, typed, recorded, and told in the audit with how long and how much", async () => {
  await using world = await newWorld();
  await world.test.user("ada", "operator");
  const terminal = world.terminals.terminal("t-1");
  terminal.print("$ ");
  const { headers, ticket } = await browser(world, "ada");
  const client = connect(world, `?ticket=${await ticket()}&cols=120&rows=40`, headers);
  await until(() => client.text === "$ ", "the prompt is shown");
  assert.equal(client.states[0]?.isRecorded, true);
  client.type("echo hé\n");
  await until(() => terminal.typed === "echo hé\n", "the host has what was typed");
  terminal.print("hé\r\n");
  await until(() => client.text === "$ hé\r\n", "its answer is shown");
  await until(() => [...terminal.guests][0]?.acknowledged === 7, "the host knows that it was shown");
  terminal.exit({ exitCode: 0, reason: "the shell has ended" });
  assert.deepEqual(await client.closed, { code: TERMINAL_CLOSE_CODES.normal, reason: "the shell has ended" });
  await until(() => world.ports.audit.entries.length === 2, "the audit has the end");
  const [attach, leave] = world.ports.audit.take();
  const recording = attach?.details.recording;
  assert.deepEqual({ ...attach, details: { ...attach?.details, recording: 0 } }, {
    ...{ actor: "ada", address: "127.0.0.1", action: "terminal.attach", subject: "host web-1: terminal t-1" },
    ...{ hostId: world.uplink.hostId, result: "ok", details: { terminal: "t-1", mode: "control", recording: 0 } },
  });
  const { durationMs, ...details } = leave?.details ?? {};
  assert.deepEqual([leave?.action, details], ["terminal.leave", {
    ...{ terminal: "t-1", mode: "control", recording, shownBytes: 7, typedBytes: 9, reason: "the shell has ended" },
  }]);
  assert.ok(Number(durationMs) > 0);

  const asked = (path: string) => fetch(`http://${world.address}/api/v1/recordings/${path}`, { headers: root });
  const root = await bearer(world, "root");
  await until(async () => (await (await asked(String(recording))).json()).data.endedMs !== undefined, "it has ended");
  const cast = await asked(`${recording}/cast`);
  assert.equal(cast.headers.get("content-type"), "application/x-asciicast");
  const [head = "", ...events] = (await cast.text()).trimEnd().split("\n");
  assert.deepEqual([JSON.parse(head).width, JSON.parse(head).height, JSON.parse(head).version], [120, 40, 2]);
  assert.deepEqual(events.map((line) => JSON.parse(line).slice(1)), [["o", "$ "], ["o", "hé\r\n"]]);
  assert.deepEqual(world.ports.audit.take().map(({ actor, action }) => [actor, action]), [["root", "recording.watch"]]);
});

Deno.test("each role and scope attaches where the table of roles says, by ticket, token and session", async () => {
  await using world = await newWorld();
  world.terminals.terminal("t-1").print("$ ");
  for (const role of ROLES as readonly Role[]) {
    for (const scope of ["", "env=prod", "env=dev"]) {
      const name = `${role}-${scope.replace("=", "-")}`;
      const caller = await world.test.user(name, role, scope);
      const { headers, ticket } = await browser(world, name);
      const { secret } = await world.test.auth.apiTokens.create(caller, { name: "t", role });
      const ways: [string, Record<string, string>][] = [
        [`?ticket=${await ticket()}`, headers],
        ["", { authorization: `Bearer ${secret.reveal()}` }],
        ["?mode=view", await bearer(world, name)],
      ];
      for (const [query, given] of ways) {
        world.ports.audit.take();
        const client = connect(world, query, given);
        const refusal = scope === "env=dev" ? /404/ : role === "viewer" ? /403/ : null;
        if (refusal !== null) {
          await refusedWith(client, refusal, `${name} ${query}`);
          assert.deepEqual(world.ports.audit.take().map(({ action, result }) => [action, result]), [
            ["terminal.attach", "refused"],
          ]);
          continue;
        }
        await until(() => client.text === "$ ", `${name} sees it`);
        client.close();
        await client.closed;
        await until(() => world.part.size === 0, "he has left");
      }
    }
  }
});

Deno.test("a ticket is good once, a cookie alone opens nothing, nor does anything for a page of a stranger", async () => {
  await using world = await newWorld();
  const terminal = world.terminals.terminal("t-1");
  await world.test.user("ada", "operator");
  const { headers, ticket } = await browser(world, "ada");
  const once = await ticket();
  const client = connect(world, `?ticket=${once}`, headers);
  await client.opened;
  await refusedWith(connect(world, `?ticket=${once}`, headers), /401/, "the ticket was used");
  await refusedWith(connect(world, "?ticket=guessed", await bearer(world, "ada")), /401/, "a guess");
  await refusedWith(connect(world, "", headers), /401/, "the cookie alone");
  await refusedWith(connect(world, "", {}), /401/, "nobody");
  const stranger = { ...headers, origin: "https://evil.example" };
  await refusedWith(connect(world, `?ticket=${await ticket()}`, stranger), /403/, "a page of a stranger");
  const foreign = { ...await bearer(world, "ada"), origin: "https://evil.example" };
  await refusedWith(connect(world, "", foreign), /403/, "with a token, too");
  for (const query of ["?mode=root", "?cols=-1", "?from=1e9", "?more=1"]) {
    await refusedWith(connect(world, query, await bearer(world, "ada")), /400/, query);
  }
  assert.equal(terminal.guests.size, 1);
  client.close();
  await client.closed;
});

Deno.test("whoever loses the role, the scope or the session is cut off at once, and may not come back", async () => {
  await using world = await newWorld();
  const { auth, admin } = world.test;
  world.terminals.terminal("t-1").print("$ ");
  const changes = [{ role: "viewer" }, { scope: "env=dev" }, { disabled: true }] as const;
  for (const [n, change] of changes.entries()) {
    await world.test.user(`ada-${n}`, "operator");
    const headers = await bearer(world, `ada-${n}`);
    const client = connect(world, "", headers);
    await until(() => client.text === "$ ", "she is attached");
    const user = (await auth.users.list(admin)).find(({ name }) => name === `ada-${n}`);
    await auth.users.change(admin, user?.id ?? "", change);
    assert.equal((await client.closed).code, TERMINAL_CLOSE_CODES.unauthorized);
    await refusedWith(connect(world, "", headers), /40[134]/, JSON.stringify(change));
  }
  await until(() => world.terminals.terminal("t-1").guests.size === 0, "the host knows");
});

Deno.test("a host that goes away, refuses, or has no such terminal: the code says whether to come again", async () => {
  await using world = await newWorld();
  await world.test.user("ada", "operator");
  const headers = await bearer(world, "ada");
  const missing = await connect(world, "", headers).closed;
  assert.deepEqual(missing, { code: TERMINAL_CLOSE_CODES.gone, reason: "There is no terminal t-1" });
  world.terminals.refusal = { status: 403, msg: "policy.terminal is off" };
  const refused = await connect(world, "", headers).closed;
  assert.deepEqual(refused, { code: TERMINAL_CLOSE_CODES.refused, reason: "policy.terminal is off" });
  world.terminals.refusal = null;
  world.terminals.terminal("t-1").print("one ");
  const client = connect(world, "", headers);
  await until(() => client.text === "one ", "it is shown");
  world.uplink.session?.close();
  assert.equal((await client.closed).code, TERMINAL_CLOSE_CODES.try_again);
  const offline = await connect(world, "", headers).closed;
  assert.equal(offline.code, TERMINAL_CLOSE_CODES.try_again);
  assert.match(offline.reason, /not connected/);
  await until(async () => (await world.fixture.connect(world.uplink)).type === "welcome", "the host is back");
  world.terminals.terminal("t-1").print("two");
  const again = connect(world, `?from=${client.position}`, headers);
  await until(() => again.text === "two", "it goes on where it was");
  again.close();
  await again.closed;
  const results = world.ports.audit.take().map(({ action, result }) => `${action} ${result}`);
  assert.deepEqual(results.slice(0, 3), [
    "terminal.attach refused",
    "terminal.attach refused",
    "terminal.attach ok",
  ]);
});

/** A client message: binary, masked with zeros. */
function clientFrame(payload: Uint8Array): Uint8Array {
  return new Uint8Array([0x82, 0x80 | payload.length, 0, 0, 0, 0, ...payload]);
}

Deno.test("a browser that reads nothing, and says that it has, costs the manager no more than what lies on the way", async () => {
  await using world = await newWorld();
  await world.test.user("ada", "operator");
  const terminal = world.terminals.terminal("t-1");
  const { authorization = "" } = await bearer(world, "ada");
  const [hostname = "", port] = world.address.split(":");
  const deaf = await Deno.connect({ hostname, port: Number(port) });
  const head = `GET ${terminalAttachPath("web-1", "t-1")} HTTP/1.1\r\nHost: ${world.address}\r\n` +
    `Authorization: ${authorization}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
  await deaf.write(new TextEncoder().encode(head));
  await until(() => terminal.guests.size === 1, "it is attached");
  terminal.print(new Uint8Array(64 * 1024 * 1024).fill(97));
  await deaf.write(clientFrame(terminalAcknowledge(2 ** 40)));
  const [guest] = terminal.guests;
  let before = -1;
  await until(async () => {
    const isStill = guest?.sentPosition === before && before > 0;
    before = guest?.sentPosition ?? 0;
    await new Promise((resolve) => setTimeout(resolve, 300));
    return isStill;
  }, "nothing moves any more");
  assert.ok(before < 32 * 1024 * 1024, `the host has sent ${before} bytes that nobody reads`);
  const other = connect(world, "?mode=view&from=67108864", { authorization });
  await until(() => other.states.length > 0, "others are served");
  other.close();
  deaf.close();
  await until(() => terminal.guests.size === 0, "both have left");
});

Deno.test("recordings are for admins, of their hosts, and are deleted by them", async () => {
  await using world = await newWorld();
  const terminal = world.terminals.terminal("t-1");
  for (
    const [name, role, scope] of [["op", "operator", ""], ["vi", "viewer", ""], ["dev", "admin", "env=dev"]] as const
  ) {
    await world.test.user(name, role, scope);
  }
  const client = connect(world, "", await bearer(world, "op"));
  terminal.print("secret");
  await until(() => client.text === "secret", "it is shown");
  const ask = async (who: string, method: string, path = "") => {
    const url = `http://${world.address}/api/v1/recordings${path}`;
    const response = await fetch(url, { method, headers: await bearer(world, who) });
    const text = await response.text();
    return { status: response.status, text, data: text.startsWith('{"code"') ? JSON.parse(text).data : null };
  };
  const { data } = await ask("root", "GET");
  const [{ id, endedMs, actor, hostId, sizeBytes }] = data.recordings;
  assert.deepEqual([endedMs, actor, hostId], [undefined, "op", world.uplink.hostId]);
  assert.ok(sizeBytes > 0);
  assert.match((await ask("root", "GET", `/${id}/cast`)).text, /"o","secret"/, "one that goes on is seen, too");
  assert.equal((await ask("root", "DELETE", `/${id}`)).status, 409);
  for (const who of ["op", "vi"]) {
    for (
      const [method, path] of [["GET", ""], ["GET", `/${id}`], ["GET", `/${id}/cast`], ["DELETE", `/${id}`]] as const
    ) {
      assert.equal((await ask(who, method, path)).status, 403, `${who} ${method} ${path}`);
    }
  }
  assert.deepEqual((await ask("dev", "GET")).data.recordings, []);
  for (const path of [`/${id}`, `/${id}/cast`]) assert.equal((await ask("dev", "GET", path)).status, 404);
  assert.equal((await ask("dev", "DELETE", `/${id}`)).status, 404);
  terminal.exit({ reason: "over" });
  await client.closed;
  await until(async () => (await ask("root", "GET", `/${id}`)).data.endedMs !== undefined, "it has ended");
  assert.equal((await ask("root", "DELETE", `/${id}`)).status, 200);
  for (const path of [`/${id}`, `/${id}/cast`, "/..", "/%2e%2e%2fmanager.db"]) {
    assert.ok([400, 404].includes((await ask("root", "GET", path)).status), path);
  }
});

Deno.test("nobody holds more than a hundred terminals, and a place that is left is free again", async () => {
  await using world = await newWorld();
  await world.test.user("ada", "operator");
  world.terminals.terminal("t-1");
  const headers = await bearer(world, "ada");
  const all = Array.from({ length: 100 }, () => connect(world, "?mode=view", headers));
  await Promise.all(all.map(({ opened }) => opened));
  await refusedWith(connect(world, "?mode=view", headers), /429/, "the last");
  all.forEach((each) => each.close());
  await Promise.all(all.map(({ closed }) => closed));
  await until(() => world.part.size === 0, "all have left");
  const again = connect(world, "?mode=view", headers);
  await again.opened;
  again.close();
  await again.closed;
});
