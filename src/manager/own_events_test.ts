import assert from "node:assert/strict";
import { FakeClock } from "../../tests/helpers/fake_clock.ts";
import { recordingLog } from "../../tests/helpers/recording_log.ts";
import { createOwnEvents } from "./own_events.ts";

const never = new AbortController().signal;

Deno.test("the fleet is told when its manager comes and goes, once each", async () => {
  const told: unknown[] = [];
  const publish = (events: readonly { readonly state?: string | undefined }[]) => {
    told.push(...events.map(({ state }) => state));
    return Promise.resolve();
  };
  const component = createOwnEvents({ publish, clock: new FakeClock(), log: recordingLog().log }, []);
  await component.stop(never);
  await component.start(never);
  await component.stop(never);
  await component.stop(never);
  assert.deepEqual(told, ["started", "stopping"]);
});

Deno.test("news that cannot be kept are no reason to fail", async () => {
  const { log, records } = recordingLog();
  const publish = () => Promise.reject(new Error("disk full"));
  await createOwnEvents({ publish, clock: new FakeClock(), log }, []).start(never);
  assert.deepEqual(records.map(({ msg, fields }) => [msg, fields.reason]), [["own event not kept", "disk full"]]);
});
