import assert from "node:assert/strict";
import fc from "fast-check";
import type { ProcessActionRequest, ProcessState } from "../../../../protocol/mod.ts";
import { type BulkOptions, BulkRun, obstacleOf, type Target } from "./bulk.ts";

class NotFound extends Error {}

const NEVER = new AbortController().signal;

function target(hostId: string, id: string): Target {
  return { key: `${hostId}/${id}`, hostId, host: hostId, hostState: "online", id, name: id, state: "running" };
}

function bulk(ask: BulkOptions["ask"]): BulkRun {
  const words = { untold: "nothing was told of it", stopped: "not asked any more" };
  return new BulkRun("restart", { ask, isNotFound: (error) => error instanceof NotFound, words });
}

/** `done`, or why not, of each target in its turn. */
async function outcomes(run: BulkRun, targets: readonly Target[], signal = NEVER): Promise<string[]> {
  return await Promise.all(targets.map(async (each) => {
    try {
      const { ok, message } = await run.run(each, signal);
      return ok ? "done" : message;
    } catch (error) {
      return String(error);
    }
  }));
}

const allWell = (_host: string, { select }: ProcessActionRequest) =>
  Promise.resolve({
    results: (select.ids ?? []).map((id) => ({ id, ok: true, state: "running" as ProcessState, message: "restarted" })),
  });

Deno.test("each host is asked once for all of its processes", async () => {
  const asked: [string, ProcessActionRequest][] = [];
  const run = bulk((host, request) => {
    asked.push([host, request]);
    return allWell(host, request);
  });
  assert.deepEqual(await outcomes(run, [target("a", "1"), target("b", "1"), target("a", "2")]), [
    "done",
    "done",
    "done",
  ]);
  assert.deepEqual(asked.map(([host, { action, select }]) => [host, action, select.ids]), [
    ["a", "restart", ["1", "2"]],
    ["b", "restart", ["1"]],
  ]);
});

Deno.test("a host that cannot be asked fails its own processes only", async () => {
  const run = bulk((host, request) =>
    host === "a" ? Promise.reject(new Error("a is offline")) : allWell(host, request)
  );
  assert.deepEqual(await outcomes(run, [target("a", "1"), target("b", "1")]), ["Error: a is offline", "done"]);
});

Deno.test("a process that is gone does not keep the others from being done", async () => {
  const run = bulk((host, request) =>
    request.select.ids?.includes("gone") === true ? Promise.reject(new NotFound("gone")) : allWell(host, request)
  );
  assert.deepEqual(await outcomes(run, [target("a", "1"), target("a", "gone")]), ["done", "Error: gone"]);
});

Deno.test("a process that could not be done, or was not told of, says so", async () => {
  const failed = { id: "1", ok: false, state: "failed" as ProcessState, message: "ended at once" };
  const run = bulk(() => Promise.resolve({ results: [failed] }));
  assert.deepEqual(await outcomes(run, [target("a", "1"), target("a", "2")]), [
    "ended at once",
    "nothing was told of it",
  ]);
});

Deno.test("after an abort no further host is asked, and every target still has an outcome", async () => {
  const ending = new AbortController();
  let asked = 0;
  const run = bulk((host, request) => {
    asked++;
    ending.abort();
    return allWell(host, request);
  });
  const all = await outcomes(run, Array.from({ length: 30 }, (_, at) => target(`h${at}`, "1")), ending.signal);
  assert.equal(all.length, 30);
  assert.ok(asked <= 8);
  assert.ok(all.includes("not asked any more"));
});

Deno.test("no more than eight hosts are asked at once, and all of them in the end", async () => {
  let [now, most] = [0, 0];
  const run = bulk(async (host, request) => {
    most = Math.max(most, ++now);
    await Promise.resolve();
    now--;
    return allWell(host, request);
  });
  const all = await outcomes(run, Array.from({ length: 50 }, (_, at) => target(`h${at}`, "1")));
  assert.deepEqual([most, new Set(all)], [8, new Set(["done"])]);
});

Deno.test("what failed can be run again", async () => {
  let isAway = true;
  const run = bulk((host, request) => isAway ? Promise.reject(new Error("away")) : allWell(host, request));
  assert.deepEqual(await outcomes(run, [target("a", "1")]), ["Error: away"]);
  isAway = false;
  assert.deepEqual(await outcomes(run, [target("a", "1")]), ["done"]);
});

Deno.test("whatever hosts answer, each target has an outcome", async () => {
  const answers = fc.array(fc.constantFrom("well", "fails", "gone", "silent", "mad", "null"), {
    minLength: 1,
    maxLength: 12,
  });
  await fc.assert(fc.asyncProperty(answers, fc.integer({ min: 1, max: 4 }), async (hosts, each) => {
    const run = bulk((host, request) => {
      const kind = hosts[Number(host)];
      if (kind === "well") return allWell(host, request);
      if (kind === "silent") return Promise.resolve({ results: [] });
      if (kind === "mad") return Promise.resolve({ results: [null, 7, { id: 3 }] });
      if (kind === "null") return Promise.resolve(null);
      return Promise.reject(kind === "gone" ? new NotFound("gone") : new Error("fails"));
    });
    const targets = hosts.flatMap((_, host) =>
      Array.from({ length: each }, (_, at) => target(String(host), String(at)))
    );
    const untold = "nothing was told of it";
    const expected = {
      well: "done",
      silent: untold,
      mad: untold,
      null: untold,
      gone: "Error: gone",
      fails: "Error: fails",
    };
    const all = await outcomes(run, targets);
    assert.deepEqual(all, targets.map(({ hostId }) => expected[hosts[Number(hostId)] ?? "well"]));
  }));
});

Deno.test("nothing is asked of hosts that are not there, and nothing that is so already", () => {
  const at = (state: ProcessState, hostState: Target["hostState"] = "online") => ({ state, hostState });
  assert.equal(obstacleOf("stop", at("running", "offline")), "host_offline");
  assert.equal(obstacleOf("start", at("running")), "runs_already");
  assert.equal(obstacleOf("start", at("backoff")), null);
  assert.equal(obstacleOf("stop", at("stopped")), "is_down_already");
  assert.equal(obstacleOf("stop", at("failed")), null);
  assert.equal(obstacleOf("restart", at("stopped", "degraded")), null);
});
