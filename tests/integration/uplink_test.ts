import assert from "node:assert/strict";
import { join } from "node:path";
import { agentOf, FAST, untilBeat, withBoth } from "../helpers/agent_and_manager.ts";
import { startAgentIn } from "../helpers/agent_in.ts";
import { startFakeManager } from "../helpers/fake_manager.ts";
import { exists, freeAddress, IS_LINUX, until } from "../helpers/host.ts";
import { inTempDir } from "../helpers/temp_dir.ts";
import { Identity } from "../../src/agent/uplink/identity.ts";

Deno.test("a host joins once, proves itself, and reports; a new start needs no token", () =>
  inTempDir(async (dir) => {
    await using manager = startFakeManager();
    {
      await using agent = await agentOf(manager, dir);
      const link = await agent.untilLink("connected");
      assert.deepEqual([link.hostId, link.managerId, link.name], ["host-1", "manager-1", "web-1"]);
      assert.ok(Math.abs(link.clockSkewMs ?? NaN) < 5_000);
      assert.equal((await agent.status()).id, "host-1");
      await until(() => manager.heartbeats.some(({ sample }) => sample !== null), "a sample is told");
      await until(() => manager.heartbeats.some(({ latencyMs }) => latencyMs !== undefined), "the latency is told");
      assert.ok(manager.heartbeats[0]?.processes?.length === 0, "the first one tells the processes");
      const { facts } = manager.enrolments[0] ?? assert.fail();
      assert.deepEqual([facts.hostname, facts.policy?.["exec"], facts.policy?.["files"]], [
        Deno.hostname(),
        "off",
        "off",
      ]);
      const knows = () => [...manager.proofs, ...manager.heartbeats].some(({ facts }) => facts?.kernel !== undefined);
      await until(knows, "what is learnt is told");
    }
    await using agent = await startAgentIn(dir, ...FAST, `manager.address=${manager.address}`, "manager.token=");
    await agent.untilLink("connected");
    assert.equal(manager.enrolments.length, 1);
    assert.equal(manager.proofs[0]?.runId === manager.proofs[1]?.runId, false);
    assert.deepEqual([...Deno.readDirSync(dir)].map(({ name }) => name).filter((name) => name.endsWith(".tmp")), []);
  }));

Deno.test("an agent without a manager has no part of all this", () =>
  inTempDir(async (dir) => {
    await using agent = await startAgentIn(dir);
    const { components, manager } = await agent.status();
    assert.deepEqual(components.filter(({ name }) => name === "uplink" || name === "tasks"), []);
    assert.equal(manager, undefined);
    assert.equal(await exists(join(dir, "identity.json")), false);
  }));

Deno.test("a join that cannot work says why and waits for a reload", () =>
  inTempDir(async (dir) => {
    await using manager = startFakeManager({ tokens: new Set(["join-token-2"]) });
    const tokenFile = join(dir, "join-token");
    const sets = [
      "manager.reconnect_interval=1s",
      `manager.address=${manager.address}`,
      `manager.token_file=${tokenFile}`,
    ];
    await using agent = await startAgentIn(dir, ...sets);
    await agent.untilLink("refused", /Cannot read the join token from manager\.token_file .*join-token/);
    await Deno.writeTextFile(tokenFile, "x");
    await agent.reload();
    await agent.untilLink("refused", /the join token is too short/);
    await Deno.writeTextFile(tokenFile, "join-token-1\n");
    await agent.reload();
    await agent.untilLink("refused", /The join token is used up; make a new join token .* run "agent reload"/);
    assert.equal(manager.enrolments.length, 1, "it is not asked again and again");
    const { components } = await agent.status();
    const uplink = components.find(({ name }) => name === "uplink");
    assert.deepEqual([uplink?.state, /used up/.test(uplink?.reason ?? "")], ["degraded", true]);
    await Deno.writeTextFile(tokenFile, "join-token-2\n");
    await agent.reload();
    await agent.untilLink("connected");
    assert.doesNotMatch(JSON.stringify(agent.records), /join-token-2/);
  }));

Deno.test("a damaged identity is told with its file, and is left alone", () =>
  inTempDir(async (dir) => {
    const path = join(dir, "identity.json");
    await Deno.writeTextFile(path, "{}");
    await using manager = startFakeManager();
    await using agent = await agentOf(manager, dir);
    await agent.untilLink("refused", /identity\.json: .*move it away and give a new join token/);
    assert.equal(await Deno.readTextFile(path), "{}");
    assert.equal(manager.enrolments.length, 0);
  }));

Deno.test("another manager at the same address is not taken for ours", () =>
  inTempDir(async (dir) => {
    const { port, hostname } = freeAddress();
    const hosts = new Map<string, string>();
    {
      await using manager = startFakeManager({ hostname, port, hosts });
      await using agent = await agentOf(manager, dir);
      await agent.untilLink("connected");
    }
    await using stranger = startFakeManager({ hostname, port, hosts, managerId: "manager-2" });
    await using agent = await agentOf(stranger, dir);
    await agent.untilLink(
      "connecting",
      /is not the one that this host has joined \(manager-2, not manager-1\).*identity\.json/,
    );
    assert.equal(stranger.proofs.length, 0, "nothing is signed for it");
  }));

Deno.test("a manager that is killed and comes back has the host again, and never two connections", () =>
  inTempDir(async (dir) => {
    const { port, hostname } = freeAddress();
    const hosts = new Map<string, string>();
    await using first = startFakeManager({ hostname, port, hosts });
    await using agent = await agentOf(first, dir);
    await agent.untilLink("connected");
    await untilBeat(first);
    await first[Symbol.asyncDispose]();
    await agent.untilLink("connecting", /nobody answers at that port/);
    await using second = startFakeManager({ hostname, port, hosts });
    await agent.untilLink("connected");
    await untilBeat(second);
    second.drop();
    await untilBeat(second);
    assert.deepEqual([first.mostSessions, second.mostSessions], [1, 1]);
    assert.equal(second.enrolments.length, 0);
  }));

Deno.test("of several addresses the one that answers is taken", () =>
  inTempDir(async (dir) => {
    await using manager = startFakeManager();
    const dead = `ws://${freeAddress().text}`;
    await using agent = await startAgentIn(dir, ...FAST, `manager.address="${dead}, ${manager.address}"`);
    assert.equal((await agent.untilLink("connected")).url, manager.address.replace("ws:", "http:"));
  }));

Deno.test("a refusal is told, and heeded: with a time it is tried again, without one it waits", () =>
  withBoth({ refuse: { code: 10003, message: "The host\u0007 was removed" } }, [], async (manager, agent) => {
    await agent.untilLink("refused", /^The manager refuses this host: The host {2}was removed$/);
    assert.equal(manager.proofs.length, 1);
    manager.behaviour.refuse = { code: 10011, message: "Too many", retryAfterMs: 50 };
    await agent.reload();
    await agent.untilLink("connecting", /Too many/);
    manager.behaviour.refuse = null;
    await agent.untilLink("connected");
  }));

Deno.test("a manager that says what is no handshake is not one", () =>
  inTempDir(async (dir) => {
    await using manager = startFakeManager();
    await using agent = await agentOf(manager, dir);
    await agent.untilLink("connected");
    for (const greeting of ["hello", "{}", '{"type":"challenge"}', "x".repeat(20_000), new Uint8Array(10)]) {
      manager.behaviour.greeting = greeting;
      manager.drop();
      await agent.untilLink("connecting", /sent something else than a challenge/);
    }
    assert.equal(manager.proofs.length, 1);
  }));

Deno.test("a link that is cut without a word is given up after three questions, and made anew", () =>
  inTempDir(async (dir) => {
    await using manager = startFakeManager({ isMute: true });
    await using agent = await agentOf(manager, dir);
    const startedMs = performance.now();
    await until(() => manager.proofs.length > 1, "it is made anew");
    assert.ok(agent.records.some(({ msg, fields }) => /ended/.test(msg) && /is silent/.test(String(fields["reason"]))));
    assert.ok(performance.now() - startedMs > 1_500, "it was given time to answer");
    manager.behaviour.isMute = false;
    await untilBeat(manager);
  }));

Deno.test("the manager's requests reach the agent as far as the policy lets them, and a reload changes that at once", () =>
  withBoth({}, [], async (manager, agent) => {
    await agent.untilLink("connected");
    const status = await manager.ask("/v1/status");
    assert.deepEqual([status.status, (status.data as { mode?: string }).mode], [200, "managed"]);
    const command = { method: "POST", body: JSON.stringify({ argv: ["true"] }) };
    const refused = await manager.ask("/v1/exec", command);
    assert.deepEqual([refused.status, refused.code], [403, 20002]);
    assert.match(refused.msg, /"policy\.exec: on"/);
    const stop = await manager.ask("/v1/stop", { method: "POST", body: "{}" });
    assert.deepEqual([stop.status, stop.code], [403, 20002]);
    assert.equal((await manager.ask("/v1/processes/%2e%2e/x")).status, 403);
    agent.sets = [...FAST, `manager.address=${manager.address}`, "policy.exec=on"];
    await agent.reload();
    assert.equal((await manager.ask("/v1/exec", command)).status, Deno.build.os === "windows" ? 404 : 200);
    agent.sets = [...FAST, `manager.address=${manager.address}`];
    await agent.reload();
    assert.equal((await manager.ask("/v1/exec", command)).status, 403);
    await assert.rejects(agent.client.call("/v1/tasks", { method: "POST", body: {} }), { code: "not_found" });
    assert.equal(manager.proofs.length, 1, "the policy needs no new connection");
  }));

Deno.test("an identity is that of its directory: a second agent with a copy of it is another run", () =>
  inTempDir(async (dir) => {
    await using manager = startFakeManager();
    await using agent = await agentOf(manager, dir);
    await agent.untilLink("connected");
    const identity = await Identity.load(join(dir, "identity.json"));
    assert.deepEqual(identity?.enrolment?.hostId, "host-1");
    if (IS_LINUX) assert.equal(((await Deno.stat(join(dir, "identity.json"))).mode ?? 0) & 0o777, 0o600);
    assert.ok((manager.proofs[0]?.bootId ?? "").length > 0);
  }));
