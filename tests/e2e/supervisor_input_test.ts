import assert from "node:assert/strict";
import { configure, eventsOf, post, processes, supervised, untilState } from "../helpers/supervised.ts";

const SLEEPER = `  - id: sleeper
    command: [/bin/sleep, "1000"]
`;

supervised("a reload of a config that is wrong changes nothing", SLEEPER, async (world) => {
  await world.start();
  const before = await untilState(world, "sleeper", "running");
  const seen = (await eventsOf(world, "sleeper")).length;
  for (
    const wrong of [
      `${SLEEPER}  - id: other\n    command: [/bin/true]\n    no_such_key: 1\n`,
      `${SLEEPER}  - id: sleeper\n    command: [/bin/true]\n`,
      `${SLEEPER}  - id: other\n    command: [/bin/true]\n    depends_on: [nobody]\n`,
      "  - id: [\n",
    ]
  ) {
    await configure(world, wrong);
    const refused = await world.agent(["reload"]);
    assert.notEqual(refused.code, 0);
    assert.notEqual(refused.stderr, "");
    const after = await processes(world);
    assert.deepEqual(after.map(({ id, pid, state }) => [id, pid, state]), [["sleeper", before.pid, "running"]]);
  }
  assert.equal((await eventsOf(world, "sleeper")).length, seen);
});

const LONG = "x".repeat(200);
/** Paths, methods and bodies that nobody in their senses sends, and what they are answered. */
const GARBAGE: readonly (readonly [method: string, path: string, body: unknown, statuses: readonly number[]])[] = [
  ...[null, 1, "x", [], {}, { process: null }, { process: [] }, { process: {} }, { process: { id: 1 } }].map((body) =>
    ["POST", "/v1/processes", body, [400]] as const
  ),
  ...["../../etc", "..", "/", "a b", "a/b", "é", "", LONG, "a\0b", "__proto__/x"].map((id) =>
    ["POST", "/v1/processes", { process: { id, command: ["/bin/true"] } }, [400]] as const
  ),
  ["POST", "/v1/processes", { process: { id: "a", command: "true" } }, [400]],
  ["POST", "/v1/processes", { process: { id: "a", command: ["/bin/true"], replicas: 1e9 } }, [400]],
  ["POST", "/v1/processes", { process: { id: "a", command: ["/bin/true"], depends_on: ["a"] } }, [400]],
  ["POST", "/v1/processes", { process: { id: "a", command: ["/bin/true"] }, more: 1 }, [400]],
  ...[
    {},
    { action: "explode", select: { all: true } },
    { action: "stop", select: {} },
    { action: "stop", select: { all: false } },
    { action: "stop", select: { all: true, ids: ["sleeper"] } },
    { action: "stop", select: { ids: "sleeper" } },
    { action: "stop", select: { ids: [LONG] } },
    { action: "stop", select: { ids: [{}] } },
    { action: "stop", select: { all: true }, waitMs: -1 },
    { action: "stop", select: { all: true }, waitMs: 1e12 },
    { action: "stop", select: { labels: { a: 1 } } },
    { action: "signal", select: { all: true } },
    { action: "signal", select: { all: true }, signal: "NONSENSE" },
    { action: "signal", select: { all: true }, signal: 9 },
    { action: "signal", select: { all: true }, signal: "-1" },
    { action: "signal", select: { all: true }, signal: "99" },
  ].map((body) => ["POST", "/v1/processes/actions", body, [400]] as const),
  ["POST", "/v1/processes/actions", { action: "stop", select: { ids: ["../../etc"] } }, [404]],
  ["POST", "/v1/processes/actions", { action: "stop", select: { ids: ["__proto__"] } }, [404]],
  ["POST", "/v1/processes/actions", { action: "stop", select: { labels: { none: "such" } } }, [404]],
  ...["..%2f..%2fetc", "%2e%2e", "constructor", "__proto__", LONG, "a%00b", "%ff"].flatMap((id) =>
    [["GET", ""], ["DELETE", ""], ["GET", "/usage"], ["GET", "/logs"], ["GET", "/logs/files"], ["GET", "/logs/stream"]]
      .map(([method = "", rest]) => [method, `/v1/processes/${id}${rest}`, undefined, [400, 404, 405]] as const)
  ),
  ["GET", "/v1/processes/sleeper/logs?file=../../../etc/passwd", undefined, [400, 404]],
  ["GET", "/v1/processes/sleeper/logs?file=%2fetc%2fpasswd", undefined, [400, 404]],
  ["GET", "/v1/processes/sleeper/logs?lines=-1", undefined, [400]],
  ["GET", "/v1/processes/sleeper/logs?lines=1e9", undefined, [400]],
  ["GET", "/v1/processes/sleeper/logs?grep=(", undefined, [400]],
  ["GET", "/v1/processes/sleeper/logs?since=never", undefined, [400]],
  ["GET", "/v1/processes/sleeper/logs?nothing=1", undefined, [400]],
  ["GET", "/v1/processes/sleeper/usage?duration=-1s", undefined, [400]],
  ["GET", "/v1/processes?state=happy", undefined, [400]],
  ["GET", "/v1/processes?label=x", undefined, [400]],
  ["PUT", "/v1/processes/sleeper", {}, [404, 405]],
  ["POST", "/v1/processes/sleeper", {}, [404, 405]],
];

supervised(
  "whatever is asked of the API of processes is refused in words, and harms nobody",
  SLEEPER,
  async (world) => {
    await world.start();
    const before = await untilState(world, "sleeper", "running");
    for (const [method, path, body, statuses] of GARBAGE) {
      const headers = { "content-type": "application/json" };
      const init = body === undefined ? { method } : { method, headers, body: JSON.stringify(body) };
      const { status, envelope } = await world.api(path, init);
      const what = `${method} ${path} ${JSON.stringify(body)}: ${status} ${envelope.msg}`;
      assert.ok(statuses.includes(status), what);
      assert.ok(envelope.code !== 0 && envelope.msg.length > 5, what);
    }
    const broken = { method: "POST", headers: { "content-type": "application/json" }, body: "{not JSON" };
    for (const path of ["/v1/processes", "/v1/processes/actions"]) {
      assert.equal((await world.api(path, broken)).status, 400);
    }
    const after = await processes(world);
    assert.deepEqual(after.map(({ id, pid, state }) => [id, pid, state]), [["sleeper", before.pid, "running"]]);
    assert.doesNotMatch(await world.log(), /"level":"(error|fatal)"/i);
  },
);

supervised("an id that is not there is answered with the nearest one", SLEEPER, async (world) => {
  await world.start();
  const stop = await post(world, "/v1/processes/actions", { action: "stop", select: { ids: ["sleper"] } });
  assert.deepEqual([stop.status, /did you mean sleeper\?/.test(stop.envelope.msg)], [404, true], stop.envelope.msg);
  for (const path of ["", "/usage", "/logs", "/logs/files", "/logs/stream"]) {
    const { status, envelope } = await world.api(`/v1/processes/sleper${path}`);
    assert.deepEqual([status, /did you mean sleeper\?/.test(envelope.msg)], [404, true], `${path}: ${envelope.msg}`);
  }
  const { stderr, code } = await world.agent(["process", "restart", "sleper"]);
  assert.notEqual(code, 0);
  assert.match(stderr, /did you mean sleeper\?/);
});
