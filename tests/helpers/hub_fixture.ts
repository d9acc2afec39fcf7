import assert from "node:assert/strict";
import { AppError } from "../../src/core/mod.ts";
import { Events } from "../../src/manager/events/mod.ts";
import { Hub, type HubOptions, type HubPorts } from "../../src/manager/hub/mod.ts";
import { Samples } from "../../src/manager/samples/mod.ts";
import { Settings } from "../../src/manager/settings/mod.ts";
import type { Store } from "../../src/manager/store/contract.ts";
import type { HostView, Refusal, TaskResult, Welcome } from "../../src/protocol/mod.ts";
import { FakeClock } from "./fake_clock.ts";
import { FakeUplink, hashOf, settle } from "./fake_uplink.ts";
import { memoryStore } from "./memory_store.ts";
import { recordingLog } from "./recording_log.ts";

export const never = new AbortController().signal;
export const TOKEN = "fhj_a-join-token-of-the-tests";

export interface HubFixture {
  readonly hub: Hub;
  readonly clock: FakeClock;
  readonly store: Store;
  readonly samples: Samples;
  readonly settings: Settings;
  readonly events: Events;
  readonly records: ReturnType<typeof recordingLog>["records"];
  /** What the hub has told the tasks. */
  readonly told: string[];
  readonly results: [hostId: string, result: TaskResult][];
  /** What the tasks answer a result with. */
  refuseResult: AppError | null;
  accept(socket: WebSocket): void;
  /** A host that is enrolled and connected. */
  host(name?: string): Promise<FakeUplink>;
  enrolled(name?: string): Promise<FakeUplink>;
  connect(uplink: FakeUplink): Promise<Welcome | Refusal>;
  view(uplink: FakeUplink): HostView;
  /** Heartbeats of these hosts, one an interval, for so long. */
  live(ms: number, ...uplinks: FakeUplink[]): Promise<void>;
  stop(): Promise<void>;
}

export type FixtureOptions = Partial<HubOptions> & { readonly store?: Store; readonly clock?: FakeClock };

/** The hub with the real parts beside it, over a store in memory, hosts behind imagined sockets and a clock that stands. */
export async function hubFixture({ store: given, clock: time, ...options }: FixtureOptions = {}): Promise<HubFixture> {
  const clock = time ?? new FakeClock();
  const store = given ?? memoryStore({ clock });
  const { log, records } = recordingLog();
  const samples = new Samples({ clock });
  const settings = new Settings({ store: store.settings, clock, log });
  await settings.component([]).start(never);
  const told: string[] = [];
  const results: HubFixture["results"] = [];
  const events = new Events({ ports: { store: store.events, hostName: (id) => hub.hostName(id) }, clock, log });
  const ports: HubPorts = {
    ...store,
    samples,
    settings,
    events,
    tasks: {
      result: (hostId, result) => {
        if (fixture.refuseResult !== null) return Promise.reject(fixture.refuseResult);
        results.push([hostId, result]);
        return Promise.resolve();
      },
      hostArrived: (id) => void told.push(`arrived ${id}`),
      hostRemoved: (id) => void told.push(`removed ${id}`),
    },
  };
  const hub: Hub = new Hub({ managerId: () => "manager-1", ports, clock, log, random: () => 0.5, ...options });
  const component = hub.component([]);
  if (given === undefined) await addToken(store, clock);
  await component.start(never);
  const fixture: HubFixture = {
    hub,
    clock,
    store,
    samples,
    settings,
    events,
    records,
    told,
    results,
    refuseResult: null,
    accept: (socket) => hub.accept(socket, "192.0.2.1"),
    enrolled: async (name = "web") => {
      const uplink = await FakeUplink.create();
      uplink.facts = { ...uplink.facts, hostname: name, machineId: `machine of ${name}` };
      uplink.hostId = (await hub.enrol(await uplink.enrolRequest(TOKEN, clock.nowMs()), "192.0.2.1")).hostId;
      return uplink;
    },
    host: async (name) => {
      const uplink = await fixture.enrolled(name);
      assert.equal((await fixture.connect(uplink)).type, "welcome");
      return uplink;
    },
    connect: (uplink) => uplink.connect(fixture.accept),
    view: ({ hostId }) => {
      const view = hub.view(hostId);
      assert.ok(view !== null, "there is no such host");
      return view;
    },
    live: async (ms, ...uplinks) => {
      for (let left = ms; left > 0; left -= 10_000) {
        await Promise.all(uplinks.map((uplink) => uplink.heartbeat(clock.nowMs())));
        await clock.advance(Math.min(left, 10_000));
      }
    },
    stop: async () => {
      const stopping = component.stop(never);
      for (let at = 0; at < 30; at++) await clock.advance(50);
      await stopping;
      await settle();
    },
  };
  return fixture;
}

function addToken(store: Store, clock: FakeClock): Promise<void> {
  return store.joinTokens.add({
    id: "t1",
    name: "tests",
    hash: hashOf(TOKEN),
    createdMs: clock.nowMs(),
    createdBy: "root",
    expiresMs: clock.nowMs() + 7 * 24 * 3_600_000,
    maxUses: 1_000,
    uses: 0,
    labels: { env: "test" },
    revoked: false,
  });
}

export async function codeOf(work: Promise<unknown>): Promise<string> {
  const error: unknown = await work.then(() => null, (thrown: unknown) => thrown);
  assert.ok(error instanceof AppError, `it was not refused: ${error}`);
  return error.code;
}
