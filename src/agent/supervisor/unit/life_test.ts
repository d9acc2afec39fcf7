import assert from "node:assert/strict";
import fc from "fast-check";
import { LIVING_STATES } from "../../../protocol/mod.ts";
import { type Effect, type Life, type LifeEvent, type LifeFacts, newLife, step } from "./life.ts";

const RESTART = {
  policy: "always",
  maxRetries: 2,
  retryWindowMs: 600_000,
  backoffBaseMs: 1_000,
  backoffMaxMs: 8_000,
  stableAfterMs: 60_000,
} as const;
const facts = (over: Partial<LifeFacts> = {}): LifeFacts => ({
  kind: "service",
  restart: RESTART,
  nowMs: 5_000,
  monotonicMs: 100,
  ranMs: 10,
  random: 0,
  ...over,
});

/** Where a process is after these events, and the effects of the last of them. */
function after(events: readonly LifeEvent[], over: Partial<LifeFacts> = {}): { life: Life; effects: string[] } {
  let life = newLife(1_000, "not started yet");
  let effects: readonly Effect[] = [];
  for (const event of events) ({ life, effects } = step(life, event, facts(over)));
  return { life, effects: effects.map((effect) => effect.do) };
}

const WANT: LifeEvent = { type: "want", reason: "started with the agent" };
const UNWANT: LifeEvent = { type: "unwant", reason: "stopped by its user" };
const AGAIN: LifeEvent = { type: "again", reason: "restarted by its user" };
const LAUNCHED: LifeEvent = { type: "launched", isReady: true, reason: "pid 7" };
const UNREADY: LifeEvent = { type: "launched", isReady: false, reason: "waits for its readiness" };
const GONE: LifeEvent = { type: "gone", reason: "ended by SIGTERM" };
const DUE: LifeEvent = { type: "due" };
const exited = (code: number): LifeEvent => ({ type: "exited", exit: { timeMs: 5_000, code } });
const CRASHED: LifeEvent = { type: "exited", exit: { timeMs: 5_000, signal: "SIGSEGV", coreDumped: true } };
const SICK: LifeEvent = { type: "unwell", reason: "does not answer", restart: true };
const UNWELL: LifeEvent = { type: "unwell", reason: "does not answer", restart: false };

const TABLE: readonly (readonly [string, readonly LifeEvent[], Life["state"], readonly string[]])[] = [
  ["a wanted process is launched", [WANT], "starting", ["cancel", "launch"]],
  ["without a readiness it runs at once", [WANT, LAUNCHED], "running", []],
  ["with one it waits", [WANT, UNREADY], "starting", []],
  ["until it is ready", [WANT, UNREADY, { type: "ready", reason: "ok" }], "running", []],
  ["or is late", [WANT, UNREADY, { type: "late", reason: "not ready in 5s" }], "stopping", ["stop"]],
  ["a crash is followed by a start at once", [WANT, LAUNCHED, CRASHED], "starting", ["dismiss", "launch"]],
  ["the second by a wait", [WANT, LAUNCHED, CRASHED, LAUNCHED, CRASHED], "backoff", ["dismiss", "wait"]],
  ["after which it is launched", [WANT, LAUNCHED, CRASHED, LAUNCHED, CRASHED, DUE], "starting", ["launch"]],
  [
    "the third is one too many",
    [WANT, LAUNCHED, CRASHED, LAUNCHED, CRASHED, DUE, LAUNCHED, CRASHED],
    "failed",
    ["dismiss"],
  ],
  [
    "a start that fails waits as well",
    [
      WANT,
      { type: "launch_failed", reason: "no such program" },
      { type: "launch_failed", reason: "no such program" },
    ],
    "backoff",
    ["wait"],
  ],
  ["a stop asks and ends", [WANT, LAUNCHED, UNWANT], "stopping", ["stop"]],
  ["an exit while stopping is not the end of the tree", [WANT, LAUNCHED, UNWANT, exited(0)], "stopping", []],
  ["gone is", [WANT, LAUNCHED, UNWANT, exited(0), GONE], "stopped", ["dismiss"]],
  ["a second stop changes nothing", [WANT, LAUNCHED, UNWANT, UNWANT], "stopping", []],
  ["a stop of what waits needs nobody to be ended", [WANT, UNWANT], "stopped", ["cancel"]],
  ["a stop in backoff too", [WANT, LAUNCHED, CRASHED, LAUNCHED, CRASHED, UNWANT], "stopped", ["cancel"]],
  ["due after that comes to nothing", [WANT, LAUNCHED, CRASHED, LAUNCHED, CRASHED, UNWANT, DUE], "stopped", []],
  ["a start while stopping follows the stop", [WANT, LAUNCHED, UNWANT, WANT, GONE], "starting", ["dismiss", "launch"]],
  ["a stop while that is pending wins", [WANT, LAUNCHED, UNWANT, WANT, UNWANT, GONE], "stopped", ["dismiss"]],
  ["a restart stops first", [WANT, LAUNCHED, AGAIN], "stopping", ["stop"]],
  ["and then starts", [WANT, LAUNCHED, AGAIN, GONE], "starting", ["dismiss", "launch"]],
  ["a restart of what does not run starts it", [AGAIN], "starting", ["cancel", "launch"]],
  ["a failed liveness ends it", [WANT, LAUNCHED, SICK], "stopping", ["stop"]],
  ["and by policy starts it", [WANT, LAUNCHED, SICK, GONE], "starting", ["dismiss", "launch"]],
  ["or only says so", [WANT, LAUNCHED, UNWELL], "unhealthy", []],
  ["until it is well", [WANT, LAUNCHED, UNWELL, { type: "well", reason: "answers" }], "running", []],
  ["adopted is what it is", [{ type: "adopted", reason: "pid 7" }], "adopted", []],
  [
    "also after it was unwell",
    [{ type: "adopted", reason: "x" }, UNWELL, { type: "well", reason: "y" }],
    "adopted",
    [],
  ],
  [
    "too much use ends it where it is told so",
    [
      WANT,
      LAUNCHED,
      { type: "exceeded", reason: "memory", restart: true },
    ],
    "stopping",
    ["stop"],
  ],
  [
    "and otherwise not",
    [WANT, LAUNCHED, { type: "exceeded", reason: "memory", restart: false }],
    "running",
    [],
  ],
];
for (const [sentence, events, state, effects] of TABLE) {
  Deno.test(sentence, () => {
    const reached = after(events);
    assert.deepEqual([reached.life.state, reached.effects], [state, effects]);
  });
}

Deno.test("what must never be restarted is called unhealthy instead", () => {
  const { life } = after([WANT, LAUNCHED, SICK], { restart: { ...RESTART, policy: "never" } });
  assert.equal(life.state, "unhealthy");
});

Deno.test("a oneshot that has done its work is stopped and completed", () => {
  const { life } = after([WANT, LAUNCHED, exited(0)], { kind: "oneshot" });
  assert.deepEqual([life.state, life.reason, life.lastExit?.code], ["stopped", "completed with exit code 0", 0]);
});

Deno.test("a state that lasts keeps the time since when it does", () => {
  let { life } = after([WANT, LAUNCHED, UNWELL]);
  life = step(life, { ...UNWELL, reason: "answers 500" }, facts({ nowMs: 9_000 })).life;
  assert.deepEqual([life.state, life.reason, life.sinceMs], ["unhealthy", "answers 500", 5_000]);
});

Deno.test("whatever comes in whatever order: no two programs, no stop without one, no end without a word", () => {
  const events: LifeEvent[] = [
    WANT,
    UNWANT,
    AGAIN,
    LAUNCHED,
    UNREADY,
    GONE,
    DUE,
    exited(0),
    CRASHED,
    SICK,
    UNWELL,
    { type: "ready", reason: "r" },
    { type: "late", reason: "l" },
    { type: "well", reason: "w" },
    { type: "launch_failed", reason: "f" },
    { type: "exceeded", reason: "e", restart: true },
    { type: "waiting", reason: "waits for db" },
  ];
  fc.assert(fc.property(fc.array(fc.constantFrom(...events), { maxLength: 40 }), (sequence) => {
    let life = newLife(0, "new");
    for (const event of sequence) {
      // The shell launches only what has no program, and says gone and exited only of what has one.
      const isLaunch = event.type === "launched" || event.type === "launch_failed";
      if (isLaunch && (life.state !== "starting" || life.hasRun)) continue;
      if ((event.type === "exited" || event.type === "gone") && !life.hasRun) continue;
      const before = life;
      const { life: next, effects } = step(life, event, facts());
      life = next;
      const kinds = effects.map((effect) => effect.do);
      assert.ok(life.reason.length > 0);
      assert.equal(life.hasRun && !LIVING_STATES.includes(life.state), false, `${life.state} has a program`);
      if (kinds.includes("launch")) assert.ok(life.state === "starting" && !life.hasRun);
      if (kinds.includes("stop")) assert.ok(life.state === "stopping" && before.hasRun);
      if (before.hasRun && !life.hasRun) assert.ok(kinds.includes("dismiss"));
      assert.equal(life.state === "backoff", life.nextStartMs !== null);
      assert.equal(life.state === "stopping", life.then !== null);
    }
  }));
});
