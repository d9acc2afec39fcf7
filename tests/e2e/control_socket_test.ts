import assert from "node:assert/strict";
import { once } from "node:events";
import { scenario, World } from "../helpers/agent.ts";
import { IS_ROOT, NOBODY } from "../helpers/host.ts";
import { programForAnybody } from "../helpers/other_user.ts";
import { command, runToEnd } from "../helpers/agent_process.ts";

scenario("only its owner may use the control socket and look into the work directory", async (world) => {
  await world.start();
  const modeOf = async (path: string) => ((await Deno.stat(path)).mode ?? 0) & 0o777;
  assert.equal(await modeOf(world.socket), 0o600);
  assert.equal(await modeOf(world.workDir), 0o700);
});

Deno.test({
  name: "another user is refused by the control socket with exit code 4",
  ignore: !IS_ROOT,
  fn: async () => {
    await using program = await programForAnybody();
    await using world = await World.create();
    await Deno.chmod(world.dir, 0o755);
    await world.start();
    await Deno.chmod(world.workDir, 0o711); // even where the directory would let them in
    for (const args of [["status"], ["stop"], ["reload"]]) {
      const argv = [...program.argv, ...world.flags, ...args] as [string, ...string[]];
      const ended = await runToEnd(command(argv, { env: program.env, cwd: "/", uid: NOBODY }));
      assert.equal(ended.code, 4, `${args}: ${ended.stderr}`);
      assert.match(ended.stderr, /Not allowed to use the control socket|permission denied/i);
    }
    assert.equal((await world.status()).state, "ok");
  },
});

scenario("the control socket answers health, status, its own description, and clear errors", async (world) => {
  await world.start();
  for (const path of ["/healthz", "/readyz", "/v1/status", "/v1/log-level"]) {
    const { status, envelope } = await world.api(path);
    assert.deepEqual([status, envelope.code, envelope.msg], [200, 0, "ok"], path);
  }
  assert.equal((await world.api("/nothing")).status, 404);
  assert.equal((await world.api("/healthz", { method: "POST" })).status, 405);
  const headers = { "content-type": "application/json" };
  const put = (body: string) => world.api("/v1/log-level", { method: "PUT", body, headers });
  for (const body of ["{", '{"level":"loud"}', '{"level":"info","more":1}', "[]", "null"]) {
    assert.deepEqual([(await put(body)).status, (await put(body)).envelope.code], [400, 10_001], body);
  }
  const socket = await world.connect();
  socket.write(`PUT /v1/log-level HTTP/1.1\r\nHost: x\r\ncontent-length: ${1024 * 1024 + 1}\r\n\r\n`);
  const [answer] = await once(socket, "data");
  assert.match(String(answer), /^HTTP\/1.1 413 /);
  socket.destroy();
  assert.equal((await world.log()).includes('"level":"error"'), false, "a bad request is no error of the agent");
});

scenario("a caller that goes away in the middle of a request is no error of the agent", async (world) => {
  await world.start();
  for (
    const body of [
      "content-length: 9\r\n\r\n",
      "content-length: 9\r\n\r\n{",
      "transfer-encoding: chunked\r\n\r\n9\r\n{",
    ]
  ) {
    const socket = await world.connect();
    socket.write(`PUT /v1/log-level HTTP/1.1\r\nHost: x\r\ncontent-type: application/json\r\n${body}`);
    await world.api("/healthz");
    socket.destroy();
  }
  await world.expect(0, ["stop"]);
  assert.equal((await world.log()).includes('"level":"error"'), false, await world.log());
});

scenario(
  "the agent answers with the version that the command prints",
  async (world) => {
    await world.start();
    const version = JSON.parse((await world.expect(0, ["version", "--json"])).stdout);
    const { version: running, commit, target } = await world.status();
    assert.deepEqual([running, commit, target], [version.version, version.commit, version.target]);
  },
);
