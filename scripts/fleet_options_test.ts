import assert from "node:assert/strict";
import fc from "fast-check";
import { parseFleetOptions, sharesOf } from "./fleet_options.ts";

Deno.test("options that are not given have their defaults", () => {
  const { executable, hosts, intervalMs, workers, processes, kill, killHow, url } = parseFleetOptions([]);
  assert.deepEqual({ executable, hosts, intervalMs, workers, processes, kill, killHow, url }, {
    executable: null,
    hosts: 1_000,
    intervalMs: 1_000,
    workers: 2,
    processes: 3,
    kill: 0,
    killHow: ["silent", "closed"],
    url: null,
  });
});

Deno.test("options are read as people write them", () => {
  const args = "./agent --hosts 10000 --interval 10s --loss 0.01 --churn 60/min --kill 500 --kill-how closed --api";
  const options = parseFleetOptions([...args.split(" "), "--set", "samples.max_memory=1MB"]);
  assert.equal(options.executable, "./agent");
  assert.equal(options.hosts, 10_000);
  assert.equal(options.intervalMs, 10_000);
  assert.equal(options.loss, 0.01);
  assert.equal(options.churnPerMinute, 60);
  assert.deepEqual(options.killHow, ["closed"]);
  assert.equal(options.api, true);
  assert.deepEqual(options.set, ["samples.max_memory=1MB"]);
});

const BAD: readonly (readonly [args: string, message: RegExp])[] = [
  ["--hosts 0", /--hosts must be a whole number from 1/],
  ["--hosts 1.5", /--hosts must be a whole number/],
  ["--interval 10", /--interval must be a duration/],
  ["--interval 500ms", /--interval must be a duration of 1s at least/],
  ["--loss 2", /--loss must be a number from 0 to 1/],
  ["--hosts 10 --kill 11", /--kill must be a whole number from 0 to 10/],
  ["--kill-how softly", /--kill-how must be closed, silent or both/],
  ["--url http://127.0.0.1:1", /--url needs --token-file/],
  ["--token-file f", /need the --url/],
  ["--url http://127.0.0.1:1 --token-file f --kill-manager", /without --url/],
  ["--url http://127.0.0.1:1 --token-file f --kill 1", /need the --data-dir/],
  ["a b", /one executable at most/],
  ["--wrong", /wrong/],
];

for (const [args, message] of BAD) {
  Deno.test(`the options ${args} are refused with words that help`, () => {
    assert.throws(() => parseFleetOptions(args.split(" ")), message);
  });
}

Deno.test("all hosts have a worker, and those that are killed have one of their own", () => {
  const fleets = fc.record({ hosts: fc.integer({ min: 1, max: 20_000 }), workers: fc.integer({ min: 1, max: 8 }) })
    .chain(({ hosts, workers }) => fc.integer({ min: 0, max: hosts }).map((kill) => ({ hosts, workers, kill })));
  fc.assert(fc.property(fleets, ({ hosts, workers, kill }) => {
    const shares = sharesOf({ hosts, workers, kill });
    assert.equal(shares.reduce((sum, share) => sum + share, 0), hosts);
    assert.ok(shares.every((share) => share > 0));
    if (kill > 0) assert.equal(shares[0], kill);
    const others = kill > 0 ? shares.slice(1) : shares;
    assert.ok(others.length <= workers && Math.max(0, ...others) - Math.min(Infinity, ...others) <= 1);
  }));
});
