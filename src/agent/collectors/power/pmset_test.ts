import assert from "node:assert/strict";
import fc from "fast-check";
import { parsePmset } from "./pmset.ts";

/** These are built from the format that pmset(1) and its users describe, not captured on a Mac. */
const DISCHARGING = `Now drawing from 'Battery Power'
 -InternalBattery-0 (id=1234567)\t87%; discharging; 3:48 remaining present: true
`;
const CHARGING = `Now drawing from 'AC Power'
 -InternalBattery-0 (id=1234567)\t42%; charging; 1:05 remaining present: true
`;

Deno.test("a battery that is being used", () => {
  assert.deepEqual(parsePmset(DISCHARGING), [
    { name: "AC Power", type: "Mains", online: false },
    {
      name: "InternalBattery-0",
      type: "Battery",
      status: "Discharging",
      chargePercent: 87,
      secondsLeft: 13_680,
      values: {
        current_capacity: 87,
        max_capacity: 100,
        present: 1,
        charging: 0,
        charged: 0,
        time_to_empty_seconds: 13_680,
      },
      facts: { id: "1234567", power_source_state: "Battery Power" },
    },
  ]);
});

Deno.test("a battery that is being charged has no time left, but one until it is full", () => {
  const [mains, battery] = parsePmset(CHARGING);
  assert.equal(mains?.online, true);
  assert.equal(battery?.secondsLeft, undefined);
  assert.deepEqual([battery?.values?.["charging"], battery?.values?.["time_to_full_seconds"]], [1, 3900]);
});

Deno.test("other states of a battery", () => {
  const battery = (rest: string) => parsePmset(` -InternalBattery-0 (id=1)\t${rest}\n`)[0];
  assert.equal(battery("100%; charged; 0:00 remaining present: true")?.values?.["charged"], 1);
  assert.equal(battery("80%; AC attached; not charging present: true")?.status, "Not charging");
  assert.equal(battery("80%; discharging; (no estimate) present: true")?.secondsLeft, undefined);
  assert.equal(battery("99%; finishing charge; 0:05 remaining present: true")?.status, "Charging");
  assert.equal(battery("50%; something new; present: true")?.status, "Unknown");
  assert.equal(battery("0%; discharging; (no estimate) present: false")?.values?.["present"], 0);
});

Deno.test("a supply for emergencies is one, and a Mac without either has none", () => {
  const text = "Now drawing from 'AC Power'\n -Back-UPS 650 (id=99)\t100%; charging present: true\n";
  const [, ups] = parsePmset(text);
  assert.deepEqual([ups?.name, ups?.type, ups?.status], ["Back-UPS 650", "UPS", "Charging"]);
  assert.deepEqual(parsePmset("Now drawing from 'AC Power'\n"), []);
  assert.deepEqual(parsePmset(""), []);
});

Deno.test("whatever the text is, a charge is between 0 and 100 and numbers are not negative", () => {
  const both = DISCHARGING + CHARGING;
  const edit = fc.array(fc.tuple(fc.nat(both.length), fc.nat(20), fc.string({ maxLength: 6 })), { maxLength: 5 });
  fc.assert(fc.property(edit, (edits) => {
    let text = both;
    for (const [at, length, other] of edits) text = text.slice(0, at) + other + text.slice(at + length);
    for (const { chargePercent, secondsLeft, values = {} } of parsePmset(text)) {
      if (chargePercent !== undefined) assert.ok(chargePercent >= 0 && chargePercent <= 100);
      for (const value of [secondsLeft ?? 0, ...Object.values(values)]) assert.ok(value >= 0 && Number.isFinite(value));
    }
  }));
});
