import assert from "node:assert/strict";
import { recordingLog } from "../../tests/helpers/recording_log.ts";
import { Secret } from "../core/mod.ts";
import { SetupLinks } from "./setup_links.ts";

const never = new AbortController().signal;

/** A set-up that makes another secret each time it is begun, until it is done. */
function subject() {
  const { log, records } = recordingLog();
  const state = { begun: 0, isDone: false };
  const setup = {
    needed: () => Promise.resolve(!state.isDone),
    begin: () => Promise.resolve(state.isDone ? null : new Secret(`secret-${++state.begun}`)),
  };
  return { links: new SetupLinks({ setup, url: () => "https://m:9443", log }), state, records };
}

Deno.test("the link is the same one for as long as the manager runs, and is not logged", async () => {
  const { links, records } = subject();
  await links.component([]).start(never);
  assert.deepEqual(
    [await links.link(), await links.link()],
    ["https://m:9443/setup#secret-1", "https://m:9443/setup#secret-1"],
  );
  assert.equal(records.length, 1);
  assert.doesNotMatch(JSON.stringify(records), /secret-1/);
});

Deno.test("there is no link once there is a user, and one again when the last has gone", async () => {
  const { links, state, records } = subject();
  state.isDone = true;
  await links.component([]).start(never);
  assert.deepEqual([await links.link(), records], [null, []]);
  state.isDone = false;
  assert.equal(await links.link(), "https://m:9443/setup#secret-1");
});
