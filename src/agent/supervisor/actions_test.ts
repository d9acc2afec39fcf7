import assert from "node:assert/strict";
import { FakeClock, settle } from "../../../tests/helpers/fake_clock.ts";
import { FakeLauncher } from "../../../tests/helpers/fake_launcher.ts";
import { processSpec } from "../../../tests/helpers/process_spec.ts";
import { unitServices } from "../../../tests/helpers/unit_services.ts";
import type { ProcessActionReport, ProcessActionRequest } from "../../protocol/mod.ts";
import { act } from "./actions.ts";
import { Units } from "./units.ts";

const never = new AbortController().signal;
const ALL = { all: true } as const;

/** A shop that needs its database; both take the signal to end for no more than a hint. */
class Bench {
  readonly clock = new FakeClock();
  readonly launcher = new FakeLauncher();
  readonly units: Units;

  constructor() {
    const { clock, launcher } = this;
    const services = unitServices({ clock, launcher });
    this.units = new Units({ clock, services, saveWanted: () => {}, onChange: () => {} });
    this.units.add(processSpec({ id: "db" }));
    this.units.add(processSpec({ id: "shop", dependsOn: [{ id: "db", condition: "started" }] }));
    for (const unit of this.units.units()) unit.tell({ type: "want", reason: "started with the agent" });
  }

  act(action: ProcessActionRequest["action"], over: Partial<ProcessActionRequest> = {}): Promise<ProcessActionReport> {
    return act({ action, select: ALL, ...over }, this.units, never);
  }

  states(): string[] {
    return this.units.units().map(({ id, state }) => `${id} ${state}`);
  }

  async end(id: string): Promise<void> {
    this.launcher.end(this.units.get(id)?.run?.identity.pid ?? 0, { signal: "SIGTERM" });
    await settle();
    await this.clock.advance(20); // when it is seen that nobody of its tree is left
  }
}

const told = ({ results }: ProcessActionReport) => results.map(({ id, ok, message }) => `${id} ${ok}: ${message}`);

Deno.test("a restart goes down from what depends to what is needed, and up the other way", async () => {
  const bench = new Bench();
  const report = bench.act("restart");
  await settle();
  assert.deepEqual(bench.states(), ["db running", "shop stopping"]);
  await bench.end("shop");
  assert.deepEqual(bench.states(), ["db stopping", "shop stopped"]);
  await bench.end("db");
  assert.deepEqual(bench.states(), ["db running", "shop running"]);
  await bench.clock.advance(1_000);
  assert.deepEqual(told(await report), ["db true: restarted", "shop true: restarted"]);
  assert.equal(bench.clock.sleeping, 0);
});

Deno.test("a restart that takes longer than its caller waits is done all the same, to the last level", async () => {
  for (const waitMs of [0, 50]) {
    const bench = new Bench();
    const report = bench.act("restart", { waitMs });
    await bench.clock.advance(50);
    const answers = told(await report);
    if (waitMs === 0) assert.deepEqual(answers, ["db true: is asked to", "shop true: is asked to"]);
    else assert.match(answers.join(), /^db false: is not restarted in the time allowed.*,shop false: is not restarted/);
    await bench.end("shop");
    assert.deepEqual(bench.states(), ["db stopping", "shop stopped"]);
    await bench.end("db");
    assert.deepEqual(bench.states(), ["db running", "shop running"], `after ${waitMs} ms of patience`);
    await bench.clock.advance(60_000);
    assert.equal(bench.clock.sleeping, 0);
  }
});

Deno.test("what was begun leaves alone what was asked for something else since", async () => {
  const bench = new Bench();
  await Promise.all([bench.act("restart", { waitMs: 0 }), bench.clock.advance(1)]);
  await Promise.all([bench.act("stop", { waitMs: 0 }), bench.clock.advance(1)]);
  await bench.end("shop");
  await bench.end("db");
  assert.deepEqual(bench.states(), ["db stopped", "shop stopped"], "the restart has started what was to be stopped");
});

Deno.test("a start overtakes a stop that is still under way, with all that is needed for it", async () => {
  const bench = new Bench();
  await Promise.all([bench.act("stop", { waitMs: 0 }), bench.clock.advance(1)]);
  const started = bench.act("start", { select: { ids: ["shop"] } });
  await bench.end("shop");
  await bench.clock.advance(1_000);
  assert.deepEqual(told(await started), ["shop true: started"]);
  assert.deepEqual(bench.states(), ["db running", "shop running"]);
});

Deno.test("a stop in time says what has ended, and leaves no timer behind", async () => {
  const bench = new Bench();
  const report = bench.act("stop");
  await bench.end("shop");
  await bench.end("db");
  assert.deepEqual((await report).results.map(({ id, ok, state }) => [id, ok, state]), [
    ["db", true, "stopped"],
    ["shop", true, "stopped"],
  ]);
  assert.equal(bench.clock.sleeping, 0);
  assert.deepEqual(told(await bench.act("stop")), ["db true: does not run already", "shop true: does not run already"]);
});
