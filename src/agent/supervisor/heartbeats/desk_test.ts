import assert from "node:assert/strict";
import { FakeClock } from "../../../../tests/helpers/fake_clock.ts";
import { recordingLog } from "../../../../tests/helpers/recording_log.ts";
import { heartbeatAnswer } from "../../../protocol/mod.ts";
import { BeatRelay } from "./beat_relay.ts";
import { HeartbeatDesk } from "./desk.ts";

const NOW = Date.UTC(2024, 0, 2, 3, 4, 5, 678);

function bench(rateLimit = 1_000) {
  const clock = new FakeClock(NOW);
  const { log, records } = recordingLog();
  const beats: string[] = [];
  const gone = new Set<string>();
  const ports = {
    find: (id: string) =>
      gone.has(id) || id === "nobody" ? "unknown" as const : id === "off" ? "not_running" as const : "running" as const,
    beat: (id: string) => void beats.push(id),
  };
  const relay = new BeatRelay({ clock, log, ports });
  const desk = new HeartbeatDesk({ rateLimit, clock, log, ports, relay });
  const post = (body: unknown) =>
    desk.answer("POST", "/heartbeat", new TextEncoder().encode(typeof body === "string" ? body : JSON.stringify(body)));
  return { clock, desk, post, beats, records, gone, relay };
}

const messageOf = ({ text }: { text: string }): string => JSON.parse(text).message;

Deno.test("a heartbeat is answered in the form that existing programs expect", () => {
  const { post, beats, relay } = bench();
  const { status, text, header } = post({ agent_id: "web", pid: 5, extra: true });
  assert.deepEqual([status, header, beats], [200, "", ["web"]]);
  assert.deepEqual(heartbeatAnswer().parse(JSON.parse(text)), {
    success: true,
    message: "heartbeat received",
    timestamp: "2024-01-02T03:04:05.678Z",
  });
  relay.stop();
});

Deno.test("everything else has its status and its reason", () => {
  const { desk, post } = bench();
  const nobody = post({ agent_id: "nobody", pid: 5 });
  assert.deepEqual([nobody.status, JSON.parse(nobody.text).success], [404, false]);
  assert.match(messageOf(nobody), /no process has the id "nobody"/);
  const off = post({ agent_id: "off", pid: 5 });
  assert.deepEqual([off.status, messageOf(off)], [409, 'the process "off" is not running under this agent']);
  for (
    const [body, message] of [
      ["{", "the body must be a JSON object"],
      ["", "the body must be a JSON object"],
      [{ agent_id: "web", pid: "5" }, "pid must be a whole number from 1"],
    ]
  ) {
    const { status, text } = post(body);
    assert.deepEqual([status, JSON.parse(text).message], [400, message]);
  }
  const wrong = desk.answer("GET", "/heartbeat", new Uint8Array());
  assert.deepEqual([wrong.status, wrong.header], [405, "allow: POST\r\n"]);
  const wrongStats = desk.answer("POST", "/heartbeat/stats", new Uint8Array());
  assert.deepEqual([wrongStats.status, wrongStats.header], [405, "allow: GET\r\n"]);
  assert.equal(desk.answer("GET", "/", new Uint8Array()).status, 404);
  assert.equal(desk.answer("POST", "/heartbeat", new Uint8Array([0xff, 0xfe])).status, 400);
  assert.deepEqual(desk.stats().rejected, {
    unknown_agent: 1,
    not_running: 1,
    bad_request: 4,
    wrong_method: 2,
    not_found: 1,
  });
});

Deno.test("over the limit they are refused, but nobody is silenced by the flood of another", async () => {
  const { clock, post, desk, beats, records, relay } = bench(100);
  const statuses = Array.from({ length: 300 }, () => post({ agent_id: "loud", pid: 1 }).status);
  assert.deepEqual([statuses.indexOf(429), statuses.lastIndexOf(200)], [100, 99]);
  const refused = post({ agent_id: "loud", pid: 1 });
  assert.deepEqual([refused.status, refused.header], [429, "retry-after: 1\r\n"]);
  assert.equal(post({ agent_id: "nobody", pid: 1 }).status, 429);
  assert.equal(post("{").status, 429);
  assert.equal(post({ agent_id: "quiet", pid: 1 }).status, 200);
  assert.equal(post({ agent_id: "quiet", pid: 1 }).status, 429);
  assert.deepEqual(beats, ["loud", "quiet"]);
  assert.equal(records.length, 1);
  await clock.advance(1_000);
  assert.equal(post({ agent_id: "loud", pid: 1 }).status, 200);
  assert.deepEqual([desk.stats().received, desk.stats().accepted, desk.stats().rejected.rate_limited], [306, 102, 204]);
  relay.stop();
});

Deno.test("the stats say who was heard of, when, and how often; who is gone is forgotten", async () => {
  const { clock, post, desk, gone, relay } = bench();
  post({ agent_id: "web", pid: 5, status: "warming" });
  await clock.advance(1_500);
  post({ agent_id: "web", pid: 6, status: "ready" });
  post({ agent_id: "old", pid: 7 });
  gone.add("old");
  const { status, text } = desk.answer("GET", "/heartbeat/stats", new Uint8Array());
  assert.equal(status, 200);
  assert.deepEqual(JSON.parse(text), {
    since: "2024-01-02T03:04:05.678Z",
    received: 3,
    accepted: 3,
    rejected: {},
    agents: [{ agent_id: "web", count: 2, last: "2024-01-02T03:04:07.178Z", pid: 6, status: "ready" }],
  });
  relay.stop();
});

Deno.test("processes that come and go leave nothing behind", () => {
  const { post, desk, gone, relay } = bench(100_000);
  for (let i = 0; i < 5_000; i++) {
    post({ agent_id: `job-${i}`, pid: 1 });
    gone.add(`job-${i}`);
  }
  assert.equal(post({ agent_id: "web", pid: 5 }).status, 200);
  assert.equal(desk.stats().agents.length, 1);
  relay.stop();
});
