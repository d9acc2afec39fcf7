import assert from "node:assert/strict";
import { systemClock } from "../../src/core/mod.ts";
import { createHttpServer } from "../../src/http/mod.ts";
import { ManagerApi } from "../../src/manager/api/mod.ts";
import { LIVE_CLOSE_CODES, LIVE_PATH, type LiveMessage, type Role, ROLES } from "../../src/protocol/mod.ts";
import { hostView } from "../helpers/fake_hub.ts";
import { fakePorts } from "../helpers/fake_manager_api.ts";
import { until } from "../helpers/host.ts";
import { managerAuth, OFFICE, PASSWORD, type TestAuth } from "../helpers/manager_auth.ts";
import { recordingLog } from "../helpers/recording_log.ts";

/** Live connections with the real auth behind them, over real sockets. */
interface World extends AsyncDisposable {
  readonly test: TestAuth;
  readonly host: string;
  readonly ports: ReturnType<typeof fakePorts>;
}

async function newWorld(): Promise<World> {
  const test = await managerAuth();
  const ports = fakePorts(
    hostView("prod-1", { labels: { env: "prod" } }),
    hostView("dev-1", { labels: { env: "dev" } }),
  );
  const api = new ManagerApi({ ...ports, auth: test.auth }, {
    ...{ clock: systemClock, log: recordingLog().log, version: "1.0.0", workerToken: null },
    metrics: { fleet: false, token: null },
  });
  let host = "";
  const server = createHttpServer({
    name: "test",
    listen: { kind: "tcp", hostname: "127.0.0.1", port: 0 },
    fetch: api.app({ gate: test.auth.gate, isSecure: false }),
    onListen: (address) => void (host = address.kind === "tcp" ? `127.0.0.1:${address.port}` : ""),
  });
  await server.start(AbortSignal.timeout(5_000));
  return {
    test,
    ports,
    host,
    async [Symbol.asyncDispose]() {
      await api.component().stop(AbortSignal.timeout(5_000));
      await server.stop(AbortSignal.timeout(5_000));
    },
  };
}

/** A browser that has signed in. */
async function browser({ test, host }: World, name: string) {
  const { setCookie, csrf } = await test.auth.login({ name, password: PASSWORD }, { ...OFFICE, isSecure: false });
  const headers = { cookie: setCookie?.split(";", 1)[0] ?? "", origin: `http://${host}` };
  return {
    headers,
    async ticket(): Promise<string> {
      const response = await fetch(`http://${host}/api/v1/tickets`, {
        method: "POST",
        headers: { ...headers, "x-csrf-token": csrf },
      });
      return (await response.json()).data.ticket;
    },
  };
}

function connect({ host }: World, query: string, headers: Record<string, string>) {
  const socket = new WebSocket(`ws://${host}${LIVE_PATH}${query}`, { headers });
  const hosts: string[][] = [];
  const end = Promise.withResolvers<number>();
  socket.onopen = () => socket.send(JSON.stringify({ type: "subscribe", hosts: "all" }));
  socket.onmessage = ({ data }) => {
    const message = JSON.parse(data) as LiveMessage;
    if (message.type === "hosts") hosts.push(message.hosts.map(({ id }) => id));
  };
  socket.onerror = (event) => event.preventDefault();
  socket.onclose = ({ code }) => end.resolve(code);
  return { hosts, end: end.promise, close: () => socket.close() };
}

/** The hosts that are told; null where the connection does not come to be. */
async function told(connection: ReturnType<typeof connect>): Promise<string[] | null> {
  let hasEnded = false;
  void connection.end.then(() => hasEnded = true);
  await until(() => connection.hosts.length > 0 || hasEnded, "it is told or refused");
  connection.close();
  await connection.end;
  return connection.hosts[0] ?? null;
}

const SCOPES = { "": ["prod-1", "dev-1"], "env=dev": ["dev-1"], "env=none": [] };

Deno.test("each role sees by ticket, token and session the hosts of its scope, and nobody else any", async () => {
  await using world = await newWorld();
  for (const role of ROLES as readonly Role[]) {
    for (const [scope, expected] of Object.entries(SCOPES)) {
      const name = `${role}-${scope.replace("=", "-")}`;
      const signedIn = await world.test.user(name, role, scope);
      const { headers, ticket } = await browser(world, name);
      const once = await ticket();
      assert.deepEqual(await told(connect(world, `?ticket=${once}`, headers)), expected, name);
      assert.equal(await told(connect(world, `?ticket=${once}`, headers)), null, `${name}: a ticket is good once`);
      assert.equal(await told(connect(world, "", headers)), null, `${name}: a cookie alone opens nothing`);
      const { secret } = await world.test.auth.apiTokens.create(signedIn, { name: "t", role });
      assert.deepEqual(await told(connect(world, "", { authorization: `Bearer ${secret.reveal()}` })), expected, name);
      const session = await world.test.signIn(name);
      assert.deepEqual(await told(connect(world, "", { authorization: `Bearer ${session.secret}` })), expected, name);
    }
  }
  assert.equal(await told(connect(world, "", {})), null);
});

Deno.test("a ticket opens nothing for the page of a stranger", async () => {
  await using world = await newWorld();
  await world.test.user("ada", "admin");
  const { headers, ticket } = await browser(world, "ada");
  const stranger = { ...headers, origin: "https://evil.example" };
  assert.equal(await told(connect(world, `?ticket=${await ticket()}`, stranger)), null);
});

Deno.test("whoever loses his role sees less at once, and who is shut out is cut off at once", async () => {
  await using world = await newWorld();
  const { test } = world;
  await test.user("ada", "operator");
  const ada = (await test.auth.users.list(test.admin)).find(({ name }) => name === "ada");
  const { secret } = await test.signIn("ada");
  const connection = connect(world, "", { authorization: `Bearer ${secret}` });
  await until(() => connection.hosts.length === 1, "all hosts are told");
  await test.auth.users.change(test.admin, ada?.id ?? "", { scope: "env=dev" });
  await until(() => connection.hosts.length === 2, "the hosts are told anew");
  assert.deepEqual(connection.hosts, [["prod-1", "dev-1"], ["dev-1"]]);
  await test.auth.users.change(test.admin, ada?.id ?? "", { disabled: true });
  assert.equal(await connection.end, LIVE_CLOSE_CODES.unauthorized);
  assert.equal(await told(connect(world, "", { authorization: `Bearer ${secret}` })), null);
});
