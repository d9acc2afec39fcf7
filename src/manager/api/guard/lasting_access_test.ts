import assert from "node:assert/strict";
import { caller, FakeAuth } from "../../../../tests/helpers/fake_auth.ts";
import { FakeClock } from "../../../../tests/helpers/fake_clock.ts";
import { recordingLog } from "../../../../tests/helpers/recording_log.ts";
import { AppError } from "../../../core/mod.ts";
import type { Caller } from "../../../protocol/mod.ts";
import { LastingAccess } from "./lasting_access.ts";

function lastingOf() {
  const auth = new FakeAuth();
  const clock = new FakeClock();
  const { log, records } = recordingLog();
  return { auth, clock, records, lasting: new LastingAccess(auth, clock, log) };
}

function connection(who: Caller) {
  const told: (string | null)[] = [];
  return { told, caller: who, renewed: (now: Caller | null) => void told.push(now?.role ?? null) };
}

Deno.test("who has lost his session is told so at the next round, the others go on", async () => {
  const { auth, clock, lasting } = lastingOf();
  const [ada, bob] = [connection(caller("viewer", { actor: "ada" })), connection(caller("operator", { actor: "bob" }))];
  const leave = [lasting.add(ada), lasting.add(bob)];
  auth.ended.add("ada");
  await clock.advance(15_000);
  assert.deepEqual([ada.told, bob.told], [[null], ["operator"]]);
  leave.forEach((each) => each());
  assert.equal(clock.sleeping, 0);
  assert.equal(auth.listeners, 0);
});

Deno.test("a change of users is looked at without waiting for the round", async () => {
  const { auth, clock, lasting } = lastingOf();
  const ada = connection(caller("admin", { actor: "ada" }));
  const leave = lasting.add(ada);
  auth.became.set("ada", caller("viewer", { actor: "ada" }));
  auth.changed();
  await clock.advance(0);
  assert.deepEqual(ada.told, ["viewer"]);
  leave();
});

Deno.test("while it cannot be known nobody is cut off, which is logged once", async () => {
  const { auth, clock, lasting, records } = lastingOf();
  const ada = connection(caller("admin"));
  const leave = lasting.add(ada);
  auth.current = () => Promise.reject(new AppError("unavailable", "the database is away"));
  await clock.advance(45_000);
  assert.deepEqual(ada.told, []);
  assert.equal(records.length, 1);
  leave();
});

Deno.test("one timer serves all, again after there was nobody", async () => {
  const { clock, lasting } = lastingOf();
  for (let round = 0; round < 2; round++) {
    const leave = Array.from({ length: 5 }, () => lasting.add(connection(caller("viewer"))));
    assert.equal(clock.sleeping, 1);
    leave.forEach((each) => each());
    await clock.advance(0);
    assert.equal(clock.sleeping, 0);
  }
});
