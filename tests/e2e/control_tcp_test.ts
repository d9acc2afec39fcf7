import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import { request } from "node:http";
import { scenario, type World } from "../helpers/agent.ts";
import { freeAddress } from "../helpers/host.ts";

const TOKEN = "0123456789abcdef0123456789abcdef";

interface Reply {
  readonly status: number;
  readonly body: string;
}

/** An agent that listens on TCP, and a way to ask it; fetch would not send a false Host header. */
async function listening(world: World, withToken = true) {
  const { hostname, port, text } = freeAddress();
  await Deno.writeTextFile(`${world.dir}/token`, `${TOKEN}\n`);
  const tokenFile = withToken ? ["--set", `agent.control.token_file=${world.dir}/token`] : [];
  await world.start("--set", `agent.control.listen=${text}`, ...tokenFile);
  const ask = async (
    path: string,
    options: { method?: string; headers?: Record<string, string>; body?: string } = {},
  ) => {
    const { method = "GET", headers = {}, body } = options;
    const outgoing = request({ hostname, port, path, method, headers, agent: false });
    outgoing.end(body);
    const [incoming] = await once(outgoing, "response");
    let text = "";
    for await (const chunk of incoming) text += chunk;
    return { status: incoming.statusCode, body: text } satisfies Reply;
  };
  return { ask, hostname, port, text };
}

const owner = { authorization: `Bearer ${TOKEN}` };

scenario("over TCP health is public, and the owner's routes need the token", async (world) => {
  const { ask, text } = await listening(world);
  for (const path of ["/healthz", "/readyz", "/openapi.json"]) assert.equal((await ask(path)).status, 200, path);
  assert.equal((await ask("/v1/status")).status, 401);
  assert.equal((await ask("/v1/stop", { method: "POST" })).status, 401);
  for (const authorization of ["Bearer wrong", `Basic ${TOKEN}`, `Bearer ${TOKEN}x`, "Bearer "]) {
    assert.equal((await ask("/v1/status", { headers: { authorization } })).status, 401, authorization);
  }
  const { status, body } = await ask("/v1/status", { headers: owner });
  assert.equal(status, 200);
  assert.equal(JSON.parse(body).data.listen, text);
});

scenario("without a token file the owner's routes are closed over TCP, and health still answers", async (world) => {
  const { ask } = await listening(world, false);
  assert.equal((await ask("/healthz")).status, 200);
  assert.equal((await ask("/v1/status")).status, 401);
  assert.equal((await ask("/v1/status", { headers: { authorization: "Bearer " } })).status, 401);
});

scenario(
  "a false Host without the token, and an Origin of another page whatever the token, are refused",
  async (world) => {
    const { ask, text } = await listening(world);
    assert.equal((await ask("/healthz", { headers: { host: "evil.example" } })).status, 403);
    for (const origin of ["http://evil.example", "null"]) {
      assert.equal((await ask("/v1/status", { headers: { ...owner, origin } })).status, 403, origin);
    }
    assert.equal((await ask("/v1/status", { headers: { ...owner, origin: `http://${text}` } })).status, 200);
  },
);

scenario("a body over the limit is refused with 413, with and without a length", async (world) => {
  const { ask, hostname, port, text } = await listening(world);
  const body = "x".repeat(1024 * 1024 + 1);
  const headers = { ...owner, "content-type": "application/json" };
  // Its head alone: the answer comes at once, and a client that is still sending may be cut off before it reads it.
  using connection = await Deno.connect({ hostname, port });
  const lines = [`Host: ${text}`, `Authorization: ${owner.authorization}`, `Content-Length: ${body.length}`];
  await connection.write(new TextEncoder().encode(`PUT /v1/log-level HTTP/1.1\r\n${lines.join("\r\n")}\r\n\r\n`));
  const answer = new Uint8Array(1024);
  const length = await connection.read(answer) ?? 0;
  assert.match(new TextDecoder().decode(answer.subarray(0, length)), /^HTTP\/1.1 413 /);
  const chunked = { ...headers, "transfer-encoding": "chunked" };
  assert.equal((await ask("/v1/log-level", { method: "PUT", headers: chunked, body })).status, 413);
});

scenario("garbage and half-open connections do no harm to the agent", async (world) => {
  const { ask, hostname, port } = await listening(world);
  const sockets = Array.from({ length: 100 }, (_, at) => {
    const socket = connect(port, hostname);
    socket.on("error", () => {}); // garbage may be answered by a reset
    if (at % 3 === 0) socket.write(crypto.getRandomValues(new Uint8Array(4_000)));
    if (at % 3 === 1) socket.write("GET /healthz HT");
    return socket;
  });
  await Promise.all(sockets.filter((socket) => socket.connecting).map((socket) => once(socket, "connect")));
  assert.equal((await ask("/v1/status", { headers: owner })).status, 200);
  for (const socket of sockets) socket.destroy();
  await world.expect(0, ["stop"]);
  assert.equal((await world.log()).includes('"level":"error"'), false);
});

scenario("/openapi.json lists every route with what it takes and gives", async (world) => {
  const { ask } = await listening(world);
  const document = JSON.parse((await ask("/openapi.json")).body);
  assert.match(document.openapi, /^3\.1\./);
  const operations = Object.entries<Record<string, Record<string, unknown>>>(document.paths).flatMap((
    [path, methods],
  ) => Object.entries(methods).map(([method, operation]) => ({ route: `${method} ${path}`, ...operation })));
  for (
    const route of [
      "get /healthz",
      "get /readyz",
      "get /v1/status",
      "post /v1/reload",
      "put /v1/log-level",
      "post /v1/stop",
    ]
  ) {
    assert.ok(operations.some((operation) => operation.route === route), route);
  }
  const ids = operations.map((operation) => "operationId" in operation ? operation.operationId : undefined);
  assert.equal(new Set(ids).size, operations.length, "each operation has an id of its own");
});

scenario("an address that other hosts reach needs a token, which must be a long one", async (world) => {
  const { port } = freeAddress();
  const open = ["--set", `agent.control.listen=0.0.0.0:${port}`];
  assert.match((await world.expect(2, ["start", ...open])).stderr, /needs a token; set agent\.control\.token_file/);
  await Deno.writeTextFile(`${world.dir}/short`, "short\n");
  const short = ["--set", `agent.control.token_file=${world.dir}/short`];
  assert.match((await world.expect(2, ["start", ...open, ...short])).stderr, /is too short/);
  const missing = ["--set", "agent.control.token_file=/no/such/token"];
  assert.match(
    (await world.expect(2, ["start", ...open, ...missing])).stderr,
    /Cannot read agent\.control\.token_file/,
  );
  assert.deepEqual(await world.processes(), []);
});
