import assert from "node:assert/strict";
import { FakeClock } from "../../../tests/helpers/fake_clock.ts";
import { streamOf } from "./stream_of.ts";
import { MAX_TRANSFERS, STALL_MS, Transfers } from "./transfers.ts";

const OWNERS = { isManagers: false };

Deno.test("there are so many at most, and each that ends makes room", () => {
  const transfers = new Transfers(new FakeClock());
  const all = Array.from({ length: MAX_TRANSFERS }, () => transfers.begin(OWNERS));
  assert.throws(() => transfers.begin(OWNERS), { code: "rate_limited" });
  all[0]?.end();
  all[0]?.end();
  transfers.begin(OWNERS).end();
  for (const transfer of all) transfer.end();
  assert.equal(transfers.count, 0);
});

Deno.test("who takes nothing for long is ended, but not who waits by nature, and no timer is left", async () => {
  const clock = new FakeClock();
  const transfers = new Transfers(clock);
  const [slow, stuck, tail] = [OWNERS, OWNERS, { ...OWNERS, mayWait: true }].map((each) => transfers.begin(each));
  for (let ms = 0; ms < 2 * STALL_MS; ms += 10_000) {
    await clock.advance(10_000);
    slow?.touch();
  }
  assert.deepEqual([slow, stuck, tail].map((each) => each?.signal.aborted), [false, true, false]);
  assert.equal(stuck?.signal.reason.code, "timeout");
  for (const each of [slow, stuck, tail]) each?.end();
  assert.equal(clock.sleeping, 0);
});

Deno.test("what the policy does not let the manager do any more is ended, and what is the owner's goes on", () => {
  for (
    const [policy, expected] of [["write", [false, false, false]], ["read", [false, true, false]], [
      "off",
      [true, true, false],
    ]] as const
  ) {
    const transfers = new Transfers(new FakeClock());
    const all = [
      transfers.begin({ isManagers: true }),
      transfers.begin({ isManagers: true, isWrite: true }),
      transfers.begin({ isManagers: false, isWrite: true }),
    ];
    transfers.endForbidden(policy);
    assert.deepEqual(all.map(({ signal }) => signal.aborted), expected, policy);
    for (const each of all) each.end();
  }
});

Deno.test("a stop ends all, and nothing begins after", () => {
  const transfers = new Transfers(new FakeClock());
  const one = transfers.begin(OWNERS);
  transfers.stop();
  assert.equal(one.signal.aborted, true);
  assert.throws(() => transfers.begin(OWNERS), { code: "unavailable" });
  one.end();
});

Deno.test("a body that nobody reads keeps its place until the read under way has returned", async () => {
  const transfers = new Transfers(new FakeClock());
  const transfer = transfers.begin(OWNERS);
  const reading = Promise.withResolvers<Uint8Array>();
  const begun = Promise.withResolvers<void>();
  const pieces = (async function* () {
    begun.resolve();
    yield await reading.promise;
  })();
  let isClosed = false;
  const body = streamOf(pieces, transfer, transfer.signal, () => void (isClosed = true));
  const reader = body.getReader();
  const piece = reader.read();
  await begun.promise;
  transfers.stop();
  await assert.rejects(piece, { code: "unavailable" });
  assert.deepEqual([transfers.count, isClosed], [1, false]);
  reading.resolve(new Uint8Array(1));
  await reading.promise;
  await new Promise((resolve) => setTimeout(resolve));
  assert.deepEqual([transfers.count, isClosed], [0, true]);
});
