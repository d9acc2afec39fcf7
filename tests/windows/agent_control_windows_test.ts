import assert from "node:assert/strict";
import { get, type IncomingMessage } from "node:http";
import { isPrivate } from "../../src/platform/mod.ts";
import { readRights } from "../../src/platform/windows/ffi/advapi32.ts";
import { type AgentHost, agentHost, kill } from "./agent_host.ts";

// In the place of a Unix socket, a file that only its owner can read names a loopback port and the token for it.
const ignore = Deno.build.os !== "windows";

interface Endpoint {
  readonly url: string;
  readonly token: string;
}

async function endpointOf(host: AgentHost): Promise<Endpoint> {
  return JSON.parse(await Deno.readTextFile(host.paths.socket));
}

async function ask(url: string, headers: Record<string, string> = {}): Promise<[status: number, code: number]> {
  const answer = await fetch(url, { headers });
  return [answer.status, (await answer.json()).code];
}

/** The status of a request with any Host header, which fetch would not send. */
function statusByHost(url: string, host: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const onAnswer = (answer: IncomingMessage) => {
      answer.resume();
      resolve(answer.statusCode);
    };
    get(`${url}/healthz`, { headers: { host }, agent: false }, onAnswer).on("error", reject);
  });
}

Deno.test({ name: "the control file is its owner's alone, and new at every start", ignore }, async () => {
  await using host = await agentHost();
  await host.start();
  assert.match(readRights(host.paths.socket), /^O:.*D:.*\(A;/);
  assert.equal(isPrivate(host.paths.socket), true);
  assert.equal(isPrivate(host.paths.workDir), true);
  const before = await endpointOf(host);
  assert.match(before.token, /^[0-9a-f]{64}$/);
  assert.match(before.url, /^http:\/\/127\.0\.0\.1:\d+$/);
  await host.ok("restart");
  assert.notEqual((await endpointOf(host)).token, before.token);
});

Deno.test({ name: "only the right token opens the owner's routes", ignore }, async () => {
  await using host = await agentHost();
  const agent = await host.start();
  const { url, token } = await endpointOf(host);
  assert.deepEqual(await ask(`${url}/v1/status`), [401, 10003]);
  for (const wrong of [token.replace(/^./, (digit) => digit === "0" ? "1" : "0"), token.slice(1), ""]) {
    assert.deepEqual(await ask(`${url}/v1/status`, { authorization: `Bearer ${wrong}` }), [401, 10003]);
    assert.deepEqual(await ask(`${url}/healthz`, { authorization: `Bearer ${wrong}` }), [401, 10003]);
  }
  assert.deepEqual(await ask(`${url}/healthz`), [200, 0]);
  assert.deepEqual(await ask(`${url}/v1/status`, { authorization: `Bearer ${token}` }), [200, 0]);
  const stop = await fetch(`${url}/v1/stop`, { method: "POST", body: "{}" });
  assert.equal(stop.status, 401);
  await stop.body?.cancel();
  assert.equal((await host.status()).pid, agent.pid);
});

Deno.test({ name: "a foreign Host or Origin is turned away, with the token too", ignore }, async () => {
  await using host = await agentHost();
  await host.start();
  const { url, token } = await endpointOf(host);
  assert.equal(await statusByHost(url, "agent.example.com"), 403);
  assert.equal(await statusByHost(url, new URL(url).host), 200);
  assert.equal(await statusByHost(url, "localhost"), 200);
  const headers = { authorization: `Bearer ${token}`, origin: "https://example.com" };
  assert.deepEqual(await ask(`${url}/v1/status`, headers), [403, 10004]);
});

Deno.test({ name: "the control file of a killed agent is not believed", ignore }, async () => {
  await using host = await agentHost();
  const killed = await host.start();
  const { url, token } = await endpointOf(host);
  await kill(killed);
  let connections = 0;
  // Whoever gets the port must neither be told the token nor keep a start waiting for an answer.
  using next = Deno.listen({ hostname: "127.0.0.1", port: Number(new URL(url).port) });
  const accepting = (async () => {
    for await (const connection of next) {
      connections++;
      connection.close();
    }
  })();
  await host.refused(3, "status");
  await host.start();
  assert.notEqual((await endpointOf(host)).token, token);
  await host.ok("stop");
  next.close();
  await accepting;
  assert.equal(connections, 0);
});

Deno.test(
  { name: "a TCP address serves anybody the public routes and nothing else without a token file", ignore },
  async () => {
    await using host = await agentHost();
    const port = freePort();
    await host.start("--set", `agent.control.listen=127.0.0.1:${port}`);
    const url = `http://127.0.0.1:${port}`;
    assert.equal((await host.status()).listen, `127.0.0.1:${port}`);
    assert.deepEqual(await ask(`${url}/readyz`), [200, 0]);
    assert.deepEqual(await ask(`${url}/v1/status`), [401, 10003]);
    const { token } = await endpointOf(host);
    assert.deepEqual(await ask(`${url}/v1/status`, { authorization: `Bearer ${token}` }), [401, 10003]);
  },
);

function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}
