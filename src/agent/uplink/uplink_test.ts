import assert from "node:assert/strict";
import fc from "fast-check";
import { FakeClock, settle } from "../../../tests/helpers/fake_clock.ts";
import { configIn } from "../../../tests/helpers/loaded_config.ts";
import { recordingLog } from "../../../tests/helpers/recording_log.ts";
import { inTempDir } from "../../../tests/helpers/temp_dir.ts";
import { AppError } from "../../core/mod.ts";
import type { LinkEnd } from "./link_contract.ts";
import type { UplinkPorts } from "./ports.ts";
import { type Connection, Uplink } from "./uplink.ts";

const never = new AbortController().signal;
const DAY_MS = 86_400_000;

const unused = () => {
  throw new Error("not part of this test");
};

/** A connection that lasts until a test ends it. */
class FakeConnection implements Connection {
  readonly name = "web-1";
  readonly latencyMs = 1.5;
  readonly ended: Promise<LinkEnd>;
  readonly calls: string[] = [];
  isOpen = true;
  readonly #end = Promise.withResolvers<LinkEnd>();

  constructor() {
    this.ended = this.#end.promise;
  }

  call(path: string): Promise<unknown> {
    this.calls.push(path);
    return Promise.resolve("answered");
  }

  close(reason: string): void {
    this.end({ reason, livedMs: 0 });
  }

  end(end: LinkEnd): void {
    this.isOpen = false;
    this.#end.resolve(end);
  }
}

type Outcome = "refused" | "unreachable" | "connected";

interface Test {
  readonly clock: FakeClock;
  readonly uplink: Uplink;
  /** Addresses in the order in which they were tried. */
  readonly tried: string[];
  readonly connections: FakeConnection[];
  readonly states: string[];
  readonly warnings: () => number;
  outcome: Outcome;
  linked: number;
  configure(...sets: string[]): Promise<void>;
}

async function withUplink(sets: readonly string[], use: (test: Test) => Promise<void>): Promise<void> {
  await inTempDir(async (dir) => {
    const clock = new FakeClock();
    const { log, records } = recordingLog();
    const [tried, connections, states]: [string[], FakeConnection[], string[]] = [[], [], []];
    const { config } = await configIn(dir, ...sets);
    const ports: UplinkPorts = {
      serve: unused,
      samples: { latest: unused, past: unused },
      processes: { briefs: unused, eventsAfter: unused, onEvent: unused },
      settings: { version: () => 0, isOf: () => true, apply: unused },
      facts: unused,
      health: unused,
      uptimeMs: unused,
      linked: () => void test.linked++,
      onState: (state, reason) => void states.push(`${state}: ${reason}`),
    };
    const enrolment = { hostId: "h-1", managerId: "m-1", name: "web-1" };
    const connecting = {
      facts: { enrolment, clockSkewMs: 7 },
      connect({ shown }: { readonly shown: string }) {
        tried.push(shown);
        const { outcome } = test;
        if (outcome !== "connected") {
          const message = `Cannot reach ${shown}`;
          return Promise.reject(new AppError("unavailable", message, { retryable: outcome === "unreachable" }));
        }
        const connection = new FakeConnection();
        connections.push(connection);
        return Promise.resolve(connection);
      },
    };
    const uplink = new Uplink({
      ...{ config: config.manager, workDir: dir, clock, log, ports, connecting, bootId: "", random: () => 1 },
      env: () => undefined,
    });
    const test: Test = {
      ...{ clock, uplink, tried, connections, states, outcome: "unreachable", linked: 0 },
      warnings: () => records.filter(({ level }) => level === "warn").length,
      configure: async (...sets) => uplink.reloaded((await configIn(dir, ...sets)).config.manager),
    };
    const component = uplink.component([]);
    await component.start(never);
    await settle();
    await use(test);
    await component.stop(never);
    assert.equal(clock.sleeping, 0);
    assert.deepEqual(connections.filter(({ isOpen }) => isOpen), []);
  });
}

Deno.test("days without a manager cost one timer and one line of log, and end when it is back", () =>
  withUplink(["manager.address=wss://m.example"], async (test) => {
    const { clock, tried, states } = test;
    await clock.advance(DAY_MS);
    const tries = tried.length;
    assert.ok(tries > 1_400 && tries < 1_500, `${tries} tries`);
    await clock.advance(3 * DAY_MS);
    assert.deepEqual([clock.sleeping, test.warnings()], [1, 1]);
    assert.deepEqual([...new Set(states)], ["degraded: connecting", "degraded: Cannot reach https://m.example"]);
    await assert.rejects(test.uplink.call("/x", {}, never), { code: "unavailable", message: /Cannot reach/ });
    test.outcome = "connected";
    await clock.advance(60_000);
    assert.match(states.at(-1) ?? "", /^ok: connected to https:\/\/m\.example since 20/);
    assert.equal(await test.uplink.call("/x", {}, never), "answered");
    assert.deepEqual([test.linked, test.uplink.status().state], [1, "connected"]);
  }));

Deno.test("each round over several addresses is told as one", () =>
  withUplink(
    ['manager.address="wss://a.example,wss://b.example"'],
    async ({ clock, tried, states, uplink, warnings }) => {
      await clock.advance(10_000);
      assert.deepEqual(tried.slice(0, 4), ["a", "b", "a", "b"].map((name) => `https://${name}.example`));
      assert.equal(uplink.status().reason, "Cannot reach https://a.example; Cannot reach https://b.example");
      assert.equal(uplink.status().state, "connecting");
      assert.deepEqual([states.filter((state) => state.includes("a.example; ")).length > 0, warnings()], [true, 1]);
    },
  ));

Deno.test("what is hopeless is tried once an hour or two, and at once when the config is loaded again", () =>
  withUplink(["manager.address=wss://m.example"], async (test) => {
    const { clock, tried, uplink } = test;
    test.outcome = "refused";
    await clock.advance(1_000);
    const before = tried.length;
    await clock.advance(2 * 3_600_000 - 2_000);
    assert.deepEqual([tried.length - before, uplink.status().state], [0, "refused"]);
    await clock.advance(2_000);
    assert.equal(tried.length - before, 1);
    test.outcome = "connected";
    await test.configure("manager.address=wss://m.example");
    await settle();
    assert.equal(uplink.status().state, "connected");
  }));

Deno.test("a reload makes a new connection when what it is made with has changed, and only then", () =>
  withUplink(["manager.address=wss://a.example"], async (test) => {
    test.outcome = "connected";
    await test.clock.advance(1_000);
    await test.configure("manager.address=wss://a.example", "manager.timeout=5s", "manager.reconnect_interval=9s");
    await settle();
    assert.deepEqual([test.connections.length, test.connections[0]?.isOpen], [1, true]);
    await test.configure("manager.address=wss://b.example");
    await settle();
    assert.deepEqual(test.connections.map(({ isOpen }) => isOpen), [false, true]);
    assert.equal(test.tried.at(-1), "https://b.example");
    await test.configure();
    await settle();
    assert.deepEqual(test.connections.map(({ isOpen }) => isOpen), [false, false]);
    assert.match(test.states.at(-1) ?? "", /^ok: the agent works alone/);
    await test.clock.advance(DAY_MS);
    assert.equal(test.connections.length, 2);
  }));

Deno.test("property: whatever becomes of connections, there is one at a time, and none is left when it stops", async () => {
  const step = fc.oneof(
    fc.constantFrom("unreachable" as const, "refused" as const, "connected" as const),
    fc.record({ waitMs: fc.nat(200_000) }),
    fc.record({ livedMs: fc.nat(200_000), againInMs: fc.option(fc.nat(10_000), { nil: undefined }) }),
    fc.constant("reload" as const),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { maxLength: 20 }),
      (steps) =>
        withUplink(['manager.address="wss://a.example,wss://b.example"'], async (test) => {
          for (const each of steps) {
            if (each === "reload") await test.configure('manager.address="wss://a.example,wss://b.example"');
            else if (typeof each === "string") test.outcome = each;
            else if ("waitMs" in each) await test.clock.advance(each.waitMs);
            else {
              const { livedMs, againInMs } = each;
              test.connections.at(-1)?.end({
                reason: "it ended",
                livedMs,
                ...(againInMs !== undefined && { againInMs }),
              });
            }
            await settle();
            const open = test.connections.filter(({ isOpen }) => isOpen).length;
            assert.ok(open <= 1, `${open} connections`);
            assert.equal(test.uplink.status().state === "connected", open === 1);
          }
        }),
    ),
    { numRuns: 40 },
  );
});
