import assert from "node:assert/strict";
import { CALLERS, fakePorts } from "../../../../tests/helpers/fake_manager_api.ts";
import { caller } from "../../../../tests/helpers/fake_auth.ts";
import { FakeClock } from "../../../../tests/helpers/fake_clock.ts";
import { hostView } from "../../../../tests/helpers/fake_hub.ts";
import { fakeTask } from "../../../../tests/helpers/fake_manager_parts.ts";
import { recordingLog } from "../../../../tests/helpers/recording_log.ts";
import { type Caller, type HostView, LIVE_CLOSE_CODES, type LiveMessage, liveMessage } from "../../../protocol/mod.ts";
import { HostAccess } from "../guard/host_access.ts";
import { LastingAccess } from "../guard/lasting_access.ts";
import { MAX_BUFFERED_BYTES, type SocketLike } from "./live_socket.ts";
import { LiveSockets } from "./live_sockets.ts";

const MESSAGE = liveMessage();

/** A socket whose reader takes what it is told to take. */
class FakeSocket implements SocketLike {
  readyState = 1;
  bufferedAmount = 0;
  isSlow = false;
  closed: number | null = null;
  isDropped = false;
  isDeaf = false;
  readonly #sent: LiveMessage[] = [];

  send(text: string): void {
    assert.equal(this.readyState, 1);
    if (this.isSlow) this.bufferedAmount += text.length;
    this.#sent.push(MESSAGE.parse(JSON.parse(text)));
  }

  close(code: number): void {
    this.closed = code;
    this.readyState = this.isDeaf ? 2 : 3;
  }

  drop(): void {
    this.isDropped = true;
  }

  drain(): void {
    this.isSlow = false;
    this.bufferedAmount = 0;
  }

  /** What was sent since it was last asked. */
  take(): LiveMessage[] {
    return this.#sent.splice(0);
  }
}

function liveOf(...hosts: HostView[]) {
  const ports = fakePorts(...hosts);
  const clock = new FakeClock();
  const { log } = recordingLog();
  const lasting = new LastingAccess(ports.auth, clock, log);
  const stopping = new AbortController();
  const live = new LiveSockets({ ports, hosts: new HostAccess(ports), lasting, clock, log, stopped: stopping.signal });
  const connect = (who: Caller | undefined, subscription: object | null) => {
    const socket = new FakeSocket();
    const connection = live.add(socket, who ?? caller("viewer"));
    if (subscription !== null) connection.received(JSON.stringify({ type: "subscribe", ...subscription }));
    return { socket, ...connection };
  };
  return { ports, clock, live, stopping, connect };
}

/** In few words: which hosts a message tells of. */
function brief(message: LiveMessage): unknown {
  if (message.type === "hosts") return { hosts: message.hosts.map(({ id }) => id), part: message.part, of: message.of };
  if (message.type === "changes") return { changes: message.hosts.map(({ id }) => id), removed: message.removed };
  if (message.type === "event") return { event: message.event.seq };
  if (message.type === "task") return { task: message.task.id, state: message.task.state };
  return message;
}

Deno.test("all hosts are told once, then those that change, once a second at most and as they are by then", async () => {
  const { ports: { hub }, clock, connect } = liveOf(hostView("a"), hostView("b"));
  const { socket, ended } = connect(CALLERS.viewer, { hosts: "all" });
  await clock.advance(250);
  assert.deepEqual(socket.take().map(brief), [{ hosts: ["a", "b"], part: 1, of: 1 }]);
  for (let i = 0; i < 10; i++) {
    hub.put(hostView("a", { reason: `reason ${i}` }));
    await clock.advance(25);
  }
  const [first] = socket.take();
  assert.deepEqual(brief(first as LiveMessage), { changes: ["a"], removed: [] });
  hub.put(hostView("a", { reason: "later" }), hostView("c"));
  await clock.advance(750);
  assert.deepEqual(socket.take(), []);
  await clock.advance(250);
  assert.deepEqual(socket.take().map(brief), [{ changes: ["a", "c"], removed: [] }]);
  hub.hosts.delete("b");
  hub.tell([], ["b"]);
  await clock.advance(1_000);
  assert.deepEqual(socket.take().map(brief), [{ changes: [], removed: ["b"] }]);
  await clock.advance(5_000);
  assert.deepEqual(socket.take(), []);
  ended();
});

Deno.test("many hosts come in parts, and only those that were asked for", async () => {
  const { ports: { hub }, clock, connect } = liveOf(...Array.from({ length: 250 }, (_, at) => hostView(`h${at}`)));
  const all = connect(CALLERS.viewer, { hosts: "all" });
  const two = connect(CALLERS.viewer, { hosts: ["h7", "h9", "nothing"] });
  await clock.advance(250);
  const parts = all.socket.take().map((message) =>
    message.type === "hosts" ? [message.hosts.length, message.part, message.of] : []
  );
  assert.deepEqual(parts, [[100, 1, 3], [100, 2, 3], [50, 3, 3]]);
  assert.deepEqual(two.socket.take().map(brief), [{ hosts: ["h7", "h9"], part: 1, of: 1 }]);
  hub.put(hostView("h7"), hostView("h8"));
  await clock.advance(1_000);
  assert.deepEqual(two.socket.take().map(brief), [{ changes: ["h7"], removed: [] }]);
  all.ended();
  two.ended();
});

Deno.test("a slow reader is skipped: what waits for him is bounded, and then he is told how it is", async () => {
  const hosts = Array.from({ length: 2_000 }, (_, at) => hostView(`h${at}`, { reason: "x".repeat(1_000) }));
  const { ports: { hub }, clock, connect } = liveOf(...hosts);
  const { socket, ended } = connect(CALLERS.viewer, { hosts: "all" });
  await clock.advance(250);
  const told = socket.take().flatMap((message) => message.type === "hosts" ? message.hosts : []);
  assert.equal(told.length, 2_000);
  socket.isSlow = true;
  for (let i = 0; i < 40; i++) {
    hub.put(...hosts.map((host) => ({ ...host, latencyMs: i })));
    await clock.advance(1_000);
  }
  assert.ok(socket.bufferedAmount < MAX_BUFFERED_BYTES + 300_000, `${socket.bufferedAmount} bytes wait`);
  assert.equal(socket.closed, null);
  socket.take();
  socket.drain();
  await clock.advance(1_000);
  const late = socket.take().flatMap((message) => message.type === "changes" ? message.hosts : []);
  assert.ok(late.length > 0 && late.every(({ latencyMs }) => latencyMs === 39), "only the latest is told");
  ended();
});

Deno.test("a reader who takes nothing for a minute is closed", async () => {
  const { clock, connect } = liveOf(hostView("a"));
  const { socket, ended } = connect(CALLERS.viewer, { hosts: "all" });
  socket.isSlow = true;
  await clock.advance(62_000);
  assert.equal(socket.closed, LIVE_CLOSE_CODES.too_slow);
  ended();
});

Deno.test("hosts, events and tasks that are not his to see are not told, looked at anew each time", async () => {
  const { ports, clock, connect } = liveOf(hostView("web", { labels: { env: "dev" } }), hostView("db"));
  const { socket, ended } = connect(CALLERS.dev, { hosts: "all", events: true, tasks: true });
  await clock.advance(250);
  assert.deepEqual(socket.take().map(brief), [{ hosts: ["web"], part: 1, of: 1 }]);
  for (const hostId of ["web", "db"]) {
    ports.events.happen({ hostId });
    ports.tasks.change(fakeTask(`t-${hostId}`, hostId));
  }
  ports.hub.put(hostView("db", { reason: "changed" }));
  ports.hub.tell([], ["never-seen"]);
  await clock.advance(1_000);
  assert.deepEqual(socket.take().map(brief), [{ event: 1 }, { task: "t-web", state: "queued" }]);
  ports.hub.put(hostView("db", { labels: { env: "dev" } }), hostView("web", { labels: { env: "prod" } }));
  await clock.advance(1_000);
  assert.deepEqual(socket.take().map(brief), [{ changes: ["db"], removed: ["web"] }]);
  ended();
});

Deno.test("other rights bring all of it anew, no rights close it", async () => {
  const { ports: { auth }, clock, connect } = liveOf(hostView("web", { labels: { env: "dev" } }), hostView("db"));
  const { socket, ended } = connect(CALLERS.operator, { hosts: "all" });
  await clock.advance(250);
  assert.deepEqual(socket.take().map(brief), [{ hosts: ["web", "db"], part: 1, of: 1 }]);
  auth.became.set("operator", caller("operator", { scopes: ["env=dev"] }));
  auth.changed();
  await clock.advance(250);
  assert.deepEqual(socket.take().map(brief), [{ hosts: ["web"], part: 1, of: 1 }]);
  auth.ended.add("operator");
  auth.changed();
  await clock.advance(0);
  assert.equal(socket.closed, LIVE_CLOSE_CODES.unauthorized);
  ended();
});

Deno.test("events and tasks come in order from when they were asked for; who is too late is told so", async () => {
  const { ports: { events, tasks }, clock, connect } = liveOf(hostView("a"));
  const other = connect(CALLERS.viewer, null);
  events.happen();
  const { socket, received, ended } = connect(CALLERS.viewer, { events: true, tasks: true });
  const result = { outcome: "done" as const, message: "", output: "x".repeat(60_000), truncated: false, endedMs: 1 };
  events.happen();
  tasks.change(fakeTask("t", "a"), fakeTask("u", "a"));
  tasks.change(fakeTask("t", "a", { state: "done", result }));
  await clock.advance(250);
  const messages = socket.take();
  assert.deepEqual(messages.map(brief), [{ event: 2 }, { task: "u", state: "queued" }, { task: "t", state: "done" }]);
  assert.ok(JSON.stringify(messages).length < 5_000, "what a task has printed is not told here");
  socket.isSlow = true;
  socket.bufferedAmount = MAX_BUFFERED_BYTES;
  for (let i = 0; i < 1_500; i++) events.happen();
  await clock.advance(250);
  assert.deepEqual(socket.take(), []);
  socket.drain();
  await clock.advance(250);
  const late = socket.take();
  assert.equal(late[0]?.type, "error");
  assert.deepEqual(brief(late.at(-1) as LiveMessage), { event: 1_502 });
  assert.equal(late.length, 1_001);
  received(JSON.stringify({ type: "subscribe" }));
  events.happen();
  await clock.advance(1_000);
  assert.deepEqual(socket.take(), []);
  ended();
  other.ended();
});

Deno.test("messages that cannot be read are answered, too many or too large ones close", async () => {
  const { clock, connect } = liveOf();
  const { socket, received, ended } = connect(CALLERS.viewer, null);
  for (
    const data of ["", "{", "[]", "null", '{"type":"x"}', '{"type":"subscribe","hosts":[1]}', '{"type":"ping","x":1}']
  ) received(data);
  assert.deepEqual(socket.take().map(({ type }) => type), Array(7).fill("error"));
  received('{"type":"ping"}');
  assert.deepEqual(socket.take(), [{ type: "pong" }]);
  for (let i = 0; i < 13; i++) received('{"type":"ping"}');
  assert.equal(socket.closed, LIVE_CLOSE_CODES.too_much);
  for (const data of [new ArrayBuffer(3), "x".repeat(100_000)]) {
    const another = connect(CALLERS.viewer, null);
    another.received(data);
    assert.equal(another.socket.closed, LIVE_CLOSE_CODES.too_much);
    another.ended();
  }
  ended();
  await clock.advance(0);
});

Deno.test("when the last has gone nothing listens and no timer is left, and a stop closes all", async () => {
  const { ports, clock, live, stopping, connect } = liveOf(hostView("a"));
  const [one, two] = [connect(CALLERS.viewer, { hosts: "all" }), connect(CALLERS.admin, { hosts: "all" })];
  await clock.advance(250);
  one.ended();
  one.ended();
  assert.equal(live.size, 1);
  stopping.abort();
  const stopped = live.stop();
  assert.equal(two.socket.closed, LIVE_CLOSE_CODES.normal);
  two.ended();
  await stopped;
  await clock.advance(0);
  const { auth, hub, events, tasks } = ports;
  assert.deepEqual([auth.listeners, hub.listeners, events.listeners, tasks.listeners, clock.sleeping], [0, 0, 0, 0, 0]);
  assert.throws(() => live.admit(), { code: "unavailable" });
});

Deno.test("who does not answer a close is dropped, soon when the manager stops", async () => {
  const { ports: { auth }, clock, live, connect } = liveOf(hostView("a"));
  const [one, two] = [connect(CALLERS.viewer, { hosts: "all" }), connect(CALLERS.admin, { hosts: "all" })];
  one.socket.isDeaf = two.socket.isDeaf = true;
  auth.ended.add("viewer");
  auth.changed();
  await clock.advance(9_000);
  assert.deepEqual([one.socket.closed, one.socket.isDropped], [LIVE_CLOSE_CODES.unauthorized, false]);
  await clock.advance(1_500);
  assert.equal(one.socket.isDropped, true);
  one.ended();
  const stopped = live.stop();
  await clock.advance(500);
  await stopped;
  assert.deepEqual([two.socket.isDropped, live.size, clock.sleeping], [true, 0, 0]);
});
