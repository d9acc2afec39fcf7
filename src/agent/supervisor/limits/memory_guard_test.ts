import assert from "node:assert/strict";
import fc from "fast-check";
import { judgeMemory, NO_GUARD_STATE } from "./memory_guard.ts";

const MB = 1_000_000;
const LIMIT = 512 * MB;

/** The verdicts for measurements ten seconds apart. */
function verdicts(megabytes: readonly (number | undefined)[], exact: () => number | undefined): (string | null)[] {
  let state = NO_GUARD_STATE;
  return megabytes.map((value, index) => {
    const rssBytes = value === undefined ? undefined : value * MB;
    const judged = judgeMemory(state, rssBytes, LIMIT, index * 10_000, exact);
    state = judged.state;
    return judged.verdict;
  });
}

Deno.test("two measurements in a row over the limit are too many, one is not", () => {
  const unknown = () => undefined;
  assert.deepEqual(verdicts([600, 500, 600, 512], unknown), [null, null, null, null]);
  assert.deepEqual(verdicts([600, 612.34], unknown), [null, "over its memory limit: 612.3 MB of 512 MB"]);
  assert.deepEqual(verdicts([600, undefined, 600], unknown).at(-1), "over its memory limit: 600 MB of 512 MB");
});

Deno.test("processes that only share much are let live, and looked at again once a minute", () => {
  let asked = 0;
  const shared = () => {
    asked++;
    return 300 * MB;
  };
  assert.deepEqual(new Set(verdicts(Array(13).fill(5_000), shared)), new Set([null]));
  assert.equal(asked, 2);
});

Deno.test("without a limit there is no verdict, and nothing is asked", () => {
  const never = () => assert.fail("nothing is to be asked");
  for (const rssBytes of [undefined, 1e12]) {
    assert.equal(judgeMemory({ overSinceMs: 0, acquittedMs: null }, rssBytes, 0, 1, never).verdict, null);
  }
});

Deno.test("nobody is ended who is within the limit or was so the time before", () => {
  fc.assert(fc.property(fc.array(fc.integer({ min: 400, max: 600 })), (values) => {
    for (const [index, verdict] of verdicts(values, () => undefined).entries()) {
      if (verdict === null) continue;
      assert.ok((values[index] ?? 0) > 512 && (values[index - 1] ?? 0) > 512);
    }
  }));
});
