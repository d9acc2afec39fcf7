import assert from "node:assert/strict";
import { FakeAudit } from "../../../../tests/helpers/fake_manager_parts.ts";
import { FakeClock } from "../../../../tests/helpers/fake_clock.ts";
import { recordingLog } from "../../../../tests/helpers/recording_log.ts";
import { AppError } from "../../../core/mod.ts";
import { AuditTrail } from "./audit_trail.ts";

const ENTRY = { actor: "ada", address: "192.0.2.1", action: "host.remove", subject: "host web-1", details: { a: 1 } };
const REFUSED = { thrown: new AppError("forbidden", "no"), wasRefused: true, isKnown: true };

function trailOf() {
  const audit = new FakeAudit();
  const clock = new FakeClock();
  const { log, records } = recordingLog();
  return { audit, clock, records, trail: new AuditTrail({ audit, clock, log }) };
}

Deno.test("what was done, refused and has failed stands there with its result and the reason", async () => {
  const { audit, trail } = trailOf();
  await trail.done(ENTRY);
  await trail.notDone(ENTRY, REFUSED);
  await trail.notDone(ENTRY, { thrown: new AppError("conflict", "taken"), wasRefused: false, isKnown: true });
  await trail.notDone(ENTRY, { thrown: new AppError("rate_limited", "slow"), wasRefused: false, isKnown: true });
  assert.deepEqual(audit.take().map(({ result, details }) => [result, details]), [
    ["ok", { a: 1 }],
    ["refused", { a: 1, code: "forbidden", reason: "no" }],
    ["failed", { a: 1, code: "conflict", reason: "taken" }],
    ["refused", { a: 1, code: "rate_limited", reason: "slow" }],
  ]);
});

Deno.test("what nobody foresaw tells the audit no more than its caller is told", async () => {
  const { audit, trail } = trailOf();
  await trail.notDone(ENTRY, { thrown: new Error("the password is hunter2"), wasRefused: false, isKnown: true });
  assert.doesNotMatch(JSON.stringify(audit.take()), /hunter2/);
});

Deno.test("what was done and cannot be written is told to its author; what was refused is not", async () => {
  const { audit, trail, records } = trailOf();
  audit.failing = true;
  await assert.rejects(trail.done(ENTRY), { code: "unavailable", message: /was done, but could not be written/ });
  await trail.notDone(ENTRY, REFUSED);
  assert.deepEqual(records.map(({ msg }) => msg), ["cannot write the audit", "cannot write the audit"]);
});

Deno.test("a flood of refusals is cut, and the next entry counts what was left out", async () => {
  const { audit, clock, trail } = trailOf();
  for (let i = 0; i < 200; i++) await trail.notDone(ENTRY, REFUSED);
  assert.equal(audit.take().length, 120);
  await clock.advance(1_000);
  await trail.notDone(ENTRY, REFUSED);
  assert.equal(audit.take()[0]?.details.leftOut, 80);
});

Deno.test("strangers fill the audit neither from one address nor from many", async () => {
  const { audit, trail } = trailOf();
  const stranger = { ...REFUSED, isKnown: false };
  for (let i = 0; i < 100; i++) await trail.notDone(ENTRY, stranger);
  assert.equal(audit.take().length, 20);
  for (let i = 0; i < 1_000; i++) await trail.notDone({ ...ENTRY, address: `198.51.100.${i}` }, stranger);
  assert.equal(audit.take().length, 180);
});

Deno.test("what somebody known has tried and failed is never left out", async () => {
  const { audit, trail } = trailOf();
  const failed = { thrown: new AppError("host_offline", "away"), wasRefused: false, isKnown: true };
  for (let i = 0; i < 300; i++) await trail.notDone(ENTRY, failed);
  assert.equal(audit.take().length, 300);
});
