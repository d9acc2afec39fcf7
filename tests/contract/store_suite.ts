import assert from "node:assert/strict";
import type { Store } from "../../src/manager/store/contract.ts";
import { FakeClock } from "../helpers/fake_clock.ts";
import { hostRecord, userRecord } from "../helpers/store_records.ts";
import { HOST_TESTS, JOIN_TOKEN_TESTS, PROCESS_TESTS } from "./store_suite/hosts.ts";
import { API_TOKEN_TESTS, SESSION_TESTS, USER_TESTS } from "./store_suite/people.ts";
import { AUDIT_TESTS, EVENT_TESTS, FACT_TESTS, SETTINGS_TESTS } from "./store_suite/records.ts";
import { RECORDING_TESTS } from "./store_suite/recordings.ts";
import type { StoreTests } from "./store_suite/suite.ts";
import { TASK_TESTS } from "./store_suite/tasks.ts";

const WHOLE_TESTS: StoreTests = {
  "what is asked for at once is done in the order in which it was asked for": async ({ facts, hosts }) => {
    const writes = Array.from({ length: 200 }, (_, at) => facts.set("last", `${at}`));
    await Promise.all([...writes, hosts.add(hostRecord("a")), hosts.change("a", { name: "b" }), hosts.remove("a")]);
    assert.equal(await facts.get("last"), "199");
    assert.deepEqual(await hosts.all(), []);
  },

  "what is refused takes nothing else with it": async ({ users, facts }) => {
    await users.add(userRecord("a"));
    const asked = Array.from(
      { length: 60 },
      (_, at) => at % 3 === 0 ? users.add(userRecord("a")) : facts.set(`${at}`, "set"),
    );
    const results = await Promise.allSettled(asked);
    assert.deepEqual(results.map(({ status }) => status === "rejected"), asked.map((_, at) => at % 3 === 0));
    for (const at of asked.keys()) assert.equal(await facts.get(`${at}`), at % 3 === 0 ? null : "set");
  },

  "it is closed twice as well as once": async ({ facts, close, report }) => {
    await facts.set("a", "b");
    assert.equal(report().waiting, 0);
    await Promise.all([close(), close()]);
    await close();
  },
};

const ALL: readonly StoreTests[] = [
  HOST_TESTS,
  PROCESS_TESTS,
  JOIN_TOKEN_TESTS,
  EVENT_TESTS,
  TASK_TESTS,
  SETTINGS_TESTS,
  USER_TESTS,
  SESSION_TESTS,
  API_TOKEN_TESTS,
  AUDIT_TESTS,
  FACT_TESTS,
  RECORDING_TESTS,
  WHOLE_TESTS,
];

/** Hands a new, empty store to `use` and takes it away again. */
export type WithStore = (use: (store: Store) => Promise<void>, clock: FakeClock) => Promise<void>;

/** What the manager relies on, whichever store it has. */
export function storeContract(kind: string, withStore: WithStore): void {
  for (const [behaviour, test] of ALL.flatMap((tests) => Object.entries(tests))) {
    Deno.test(`${kind}: ${behaviour}`, () => {
      const clock = new FakeClock();
      return withStore((store) => test(store, clock), clock);
    });
  }
}
