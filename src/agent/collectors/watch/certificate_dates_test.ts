import assert from "node:assert/strict";
import { FakeClock } from "../../../../tests/helpers/fake_clock.ts";
import { freePort } from "../../../../tests/helpers/raw_server.ts";
import { CertificateDates } from "./certificate_dates.ts";

const DAY_MS = 86_400_000;
const quiet = new AbortController().signal;

Deno.test("days are rounded down, and go below zero", () => {
  const clock = new FakeClock();
  const dates = new CertificateDates(clock);
  assert.equal(dates.daysLeft(), undefined);
  dates.saw(clock.nowMs() + 1.239 * DAY_MS);
  assert.equal(dates.daysLeft(), 1.23);
  dates.saw(clock.nowMs() - 1.5 * DAY_MS);
  assert.equal(dates.daysLeft(), -1.5);
  dates.saw(undefined);
  assert.equal(dates.daysLeft(), undefined);
});

Deno.test("the server is asked again after an hour, or when the certificate is over; a failure is told, and no date kept", async () => {
  const clock = new FakeClock();
  const dates = new CertificateDates(clock);
  const server = { host: "127.0.0.1", port: freePort() }; // who asks is refused
  dates.saw(clock.nowMs() + DAY_MS);
  await clock.advance(3_599_999);
  assert.equal(await dates.refresh(server, quiet), null);
  await clock.advance(1);
  assert.equal(await dates.refresh(server, quiet), "the certificate cannot be read: connection refused");
  assert.equal(dates.daysLeft(), undefined);
  dates.saw(clock.nowMs());
  assert.equal(await dates.refresh(server, quiet), null, "it was seen to be over just now");
  await clock.advance(60_000);
  assert.match(await dates.refresh(server, quiet) ?? "", /refused/);
});
