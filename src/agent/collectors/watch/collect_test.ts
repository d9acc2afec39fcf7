import assert from "node:assert/strict";
import { FakeClock } from "../../../../tests/helpers/fake_clock.ts";
import { freePort, rawServer } from "../../../../tests/helpers/raw_server.ts";
import { AppError, type Clock, Duration, systemClock } from "../../../core/mod.ts";
import { createWatch } from "./collect.ts";
import type { WatchOptions } from "./options.ts";
import { watchOptions } from "./testing.ts";

const quiet = new AbortController().signal;

async function look(more: Partial<WatchOptions>, clock: Clock = systemClock) {
  return await createWatch(watchOptions(more), { clock }).collect(quiet);
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 2));
}

Deno.test("tcp: up when somebody accepts, with the latency", async () => {
  await using server = rawServer(null);
  const { sample, problems } = await look({ type: "tcp", target: `127.0.0.1:${server.port}` });
  const { latencyMs = -1, ...rest } = sample;
  assert.deepEqual(rest, { name: "check", type: "tcp", target: `127.0.0.1:${server.port}`, up: true });
  assert.ok(latencyMs > 0 && latencyMs < 5_000);
  assert.deepEqual(problems, []);
});

Deno.test("tcp: down with a reason when nobody listens, or there is no such name; that is no problem of reading", async () => {
  const refused = await look({ type: "tcp", target: `127.0.0.1:${freePort()}` });
  assert.deepEqual([refused.sample.up, refused.sample.reason], [false, "connection refused"]);
  assert.deepEqual([refused.sample.latencyMs, refused.problems], [undefined, []]);
  const nameless = await look({ type: "tcp", target: "no-such-name.invalid:1" });
  assert.equal(nameless.sample.up, false);
  assert.match(nameless.sample.reason ?? "", /name/);
});

Deno.test("a server that never answers: down when the time is over, and no connection is left open", async () => {
  await using server = rawServer(null);
  const clock = new FakeClock();
  for (const scheme of ["http", "https"]) {
    const before = server.accepted();
    const target = `${scheme}://127.0.0.1:${server.port}/`;
    const reading = look({ target, timeout: new Duration(3_000) }, clock);
    await until(() => server.accepted() > before);
    await clock.advance(3_000);
    const { sample, problems } = await reading;
    assert.deepEqual([sample.up, sample.reason], [false, "timed out after 3s"]);
    assert.deepEqual([problems, clock.sleeping], [[], 0]);
  }
});

Deno.test("an aborted collection and a closed check end at once, with the reason", async () => {
  await using server = rawServer(null);
  for (const way of ["abort", "close"]) {
    const check = createWatch(watchOptions({ target: `http://127.0.0.1:${server.port}/` }), { clock: systemClock });
    const aborting = new AbortController();
    const before = server.accepted();
    const reading = assert.rejects(async () => await check.collect(aborting.signal), /enough|was stopped/);
    await until(() => server.accepted() > before);
    if (way === "abort") aborting.abort(new Error("enough"));
    else check.close?.();
    await reading;
  }
});

Deno.test("a check that cannot be run says so each time it should look, without its secrets", async () => {
  const check = createWatch(watchOptions({ type: "tcp", target: "user:secret@db" }), { clock: systemClock });
  await assert.rejects(async () => await check.collect(quiet), (error) => {
    assert.ok(error instanceof AppError);
    assert.equal(error.code, "invalid_config");
    assert.match(error.message, /^The check check of collectors\.watch cannot be run: target must be host:port/);
    return !error.message.includes("secret");
  });
});

Deno.test("icmp: this host is up, where we may ask; else it is not known, and a problem", async () => {
  const { sample, problems } = await look({ type: "icmp", target: "localhost" });
  if (sample.up === undefined) {
    assert.deepEqual(problems, [`check: ${sample.reason}`]);
    return;
  }
  assert.deepEqual([sample.up, sample.reason, problems], [true, undefined, []]);
  assert.ok((sample.latencyMs ?? 0) > 0);
  assert.equal(sample.addresses?.length, 1);
});

Deno.test({ name: "icmp: a name that is none is down", ignore: Deno.build.os === "windows" }, async () => {
  const { sample } = await look({ type: "icmp", target: "no-such-name.invalid" });
  assert.equal(sample.up, false);
  assert.match(sample.reason ?? "", /name/);
});
