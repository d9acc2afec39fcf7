import assert from "node:assert/strict";
import fc from "fast-check";
import { parseIoreg } from "./ioreg.ts";

/** Built from ioreg's documented format and the names in IOBlockStorageDriver.h, not captured on a Mac. */
const IOREG =
  `+-o IOBlockStorageDriver  <class IOBlockStorageDriver, id 0x1000004a1, registered, matched, active, retain 8>
  | {
  |   "IOClass" = "IOBlockStorageDriver"
  |   "Statistics" = {"Operations (Write)"=2000,"Latency Time (Write)"=0,"Bytes (Read)"=4096000,"Errors (Write)"=2,"Total Time (Read)"=1500000000,"Retries (Read)"=3,"Errors (Read)"=1,"Total Time (Write)"=2500000000,"Bytes (Write)"=8192000,"Operations (Read)"=1000,"Retries (Write)"=4}
  | }
  |${" "}
  +-o APPLE SSD AP0512Z Media  <class IOMedia, id 0x1000004b2, registered, matched, active, retain 12>
      {
        "Whole" = Yes
        "BSD Name" = "disk0"
        "Size" = 500277792768
      }

+-o IOBlockStorageDriver  <class IOBlockStorageDriver, id 0x1000009c3, registered, matched, active, retain 8>
  | {
  |   "Statistics" = {"Bytes (Read)"=512,"Bytes (Write)"=18446744073709551615,"Total Time (Read)"=}
  | }
  |${" "}
  +-o Portable Drive Media  <class IOMedia, id 0x1000009d4, registered, matched, active, retain 9>
      {
        "BSD Name" = "disk4"
        "BSD Name" = "disk4s1"
      }

+-o IOBlockStorageDriver  <class IOBlockStorageDriver, id 0x100000e11, registered, matched, active, retain 8>
    {
      "IOClass" = "IOBlockStorageDriver"
    }
`;

Deno.test("a disk has the counters of its driver and the name that is below it", () => {
  const [first, ...rest] = parseIoreg(IOREG);
  assert.deepEqual(first, {
    name: "disk0",
    reads: 1000,
    readBytes: 4_096_000,
    readSeconds: 1.5,
    readErrors: 1,
    readRetries: 3,
    writes: 2000,
    writtenBytes: 8_192_000,
    writeSeconds: 2.5,
    writeErrors: 2,
    writeRetries: 4,
    facts: { model: "APPLE SSD AP0512Z" },
  });
  assert.deepEqual(rest.map(({ name }) => name), ["disk4"]);
});

Deno.test("a counter that is none, or beyond what can be, is absent", () => {
  const [, second] = parseIoreg(IOREG);
  assert.deepEqual([second?.readBytes, second?.writtenBytes, second?.readSeconds], [512, undefined, undefined]);
});

Deno.test("a name without a driver above it is no disk", () => {
  assert.deepEqual(parseIoreg('+-o X  <class IOMedia, id 1>\n    {\n      "BSD Name" = "disk9"\n    }\n'), []);
  assert.deepEqual(parseIoreg(""), []);
});

Deno.test("whatever the text is, disks have names and numbers are finite and not negative", () => {
  const edit = fc.array(fc.tuple(fc.nat(IOREG.length), fc.nat(200), fc.string({ maxLength: 12 })), { maxLength: 6 });
  fc.assert(fc.property(edit, (edits) => {
    let text = IOREG;
    for (const [at, length, other] of edits) text = text.slice(0, at) + other + text.slice(at + length);
    for (const { name, facts: _facts, ...numbers } of parseIoreg(text)) {
      assert.notEqual(name, "");
      for (const value of Object.values(numbers)) {
        assert.ok(value === undefined || (value >= 0 && Number.isFinite(value)));
      }
    }
  }));
});
