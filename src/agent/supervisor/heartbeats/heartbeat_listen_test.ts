import assert from "node:assert/strict";
import { FakeClock, settle } from "../../../../tests/helpers/fake_clock.ts";
import { freeAddress, until } from "../../../../tests/helpers/host.ts";
import { recordingLog } from "../../../../tests/helpers/recording_log.ts";
import type { Beat } from "./contract.ts";
import { createHeartbeatListen, type HeartbeatListenState } from "./heartbeat_listen.ts";

function bench(listen = { hostname: "127.0.0.1", port: 0 }) {
  const clock = new FakeClock();
  const { log } = recordingLog();
  const beats: Beat[] = [];
  const states: HeartbeatListenState[] = [];
  const ports = {
    find: (id: string) => id === "web" ? "running" as const : "unknown" as const,
    beat: (_id: string, beat: Beat) => void beats.push(beat),
  };
  const onState = (state: HeartbeatListenState) => void states.push(state);
  const server = createHeartbeatListen({ listen, rateLimit: 1_000_000, clock, log, ports, onState });
  const url = (path: string) => `http://${listen.hostname}:${server.address()?.port}${path}`;
  return { clock, beats, states, server, url };
}

const HEARTBEAT = JSON.stringify({ agent_id: "web", pid: 5, status: "running", cpu: 1.5, memory: 1024 });

Deno.test("heartbeats come over real connections, and the stats are told", async () => {
  const { clock, beats, states, server, url } = bench();
  assert.equal(server.address(), null);
  server.start();
  const answered = await fetch(url("/heartbeat"), { method: "POST", body: HEARTBEAT });
  const { success, message } = await answered.json();
  assert.deepEqual([answered.status, success, message], [200, true, "heartbeat received"]);
  assert.deepEqual(beats, [{ pid: 5, status: "running", cpuPercent: 1.5, memoryBytes: 1024, isAlive: true }]);
  const wrong = await fetch(url("/heartbeat"));
  assert.deepEqual([wrong.status, wrong.headers.get("allow"), (await wrong.json()).success], [405, "POST", false]);
  const large = await fetch(url("/heartbeat"), { method: "POST", body: "x".repeat(100_000) });
  assert.deepEqual([large.status, (await large.json()).success], [413, false]);
  const stats = await (await fetch(url("/heartbeat/stats"))).json();
  assert.deepEqual([stats.accepted, stats.agents[0].agent_id], [1, "web"]);
  await server.stop();
  await server.stop();
  assert.deepEqual([clock.sleeping, server.address(), server.connections()], [0, null, 0]);
  assert.deepEqual(states.map(({ kind }) => kind), ["listening", "stopped"]);
});

Deno.test("web pages get nowhere, by whatever name and from whatever origin they come", async () => {
  const { server, url } = bench();
  server.start();
  const own = new URL(url("/")).host;
  const status = async (headers: Record<string, string>) => {
    const conn = await Deno.connect({ hostname: "127.0.0.1", port: server.address()?.port ?? 0 });
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`).join("");
    await conn.write(new TextEncoder().encode(`GET /heartbeat/stats HTTP/1.1\r\n${lines}Connection: close\r\n\r\n`));
    const text = await new Response(conn.readable).text();
    return Number(text.split(" ")[1]);
  };
  assert.equal(await status({ Host: own }), 200);
  assert.equal(await status({ Host: "localhost" }), 200);
  assert.equal(await status({}), 200);
  assert.equal(await status({ Host: own, Origin: `http://${own}` }), 200);
  assert.equal(await status({ Host: "rebound.example:8081" }), 403);
  assert.equal(await status({ Host: "127.0.0.1.rebound.example" }), 403);
  assert.equal(await status({ Host: own, Origin: "https://evil.example" }), 403);
  assert.equal(await status({ Host: own, Origin: "null" }), 403);
  await server.stop();
});

Deno.test("ten thousand heartbeats are all answered, and the supervisor hears of two", async () => {
  const { clock, beats, server } = bench();
  server.start();
  const request = new TextEncoder().encode(
    `POST /heartbeat HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${HEARTBEAT.length}\r\n\r\n${HEARTBEAT}`.repeat(10),
  );
  await Promise.all(Array.from({ length: 50 }, async () => {
    const conn = await Deno.connect({ hostname: "127.0.0.1", port: server.address()?.port ?? 0 });
    const reader = conn.readable.pipeThrough(new TextDecoderStream()).getReader();
    for (let round = 0; round < 20; round++) {
      await conn.write(request);
      for (let text = ""; text.split("HTTP/1.1 200 OK").length < 11 || !text.endsWith("}");) {
        const { value, done } = await reader.read();
        assert.ok(!done);
        text += value;
      }
    }
    await reader.cancel();
  }));
  await clock.advance(100);
  assert.deepEqual([server.stats().accepted, beats.length], [10_000, 2]);
  await server.stop();
});

Deno.test("an address that is taken is tried again until it is free, and told of once", async () => {
  const { hostname, port } = freeAddress();
  const other = Deno.listen({ hostname, port });
  const { clock, states, server } = bench({ hostname, port });
  server.start();
  await clock.advance(90_000);
  assert.deepEqual(states.map(({ kind }) => kind), ["degraded"]);
  assert.match(JSON.stringify(states[0]), new RegExp(`${port}: another program does; stop it, or choose`));
  other.close();
  await until(async () => {
    await clock.advance(30_000);
    return server.address() !== null;
  }, "it listens");
  assert.deepEqual(states.slice(1), [{ kind: "listening", address: { hostname, port } }]);
  await server.stop();
  server.start();
  assert.equal(server.address()?.port, port);
  await server.stop();
  await settle();
  assert.equal(clock.sleeping, 0);
});

Deno.test("it can be stopped while it waits for its address", async () => {
  using other = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { clock, server } = bench({ hostname: "127.0.0.1", port: other.addr.port });
  server.start();
  await server.stop();
  await settle();
  assert.equal(clock.sleeping, 0);
});
