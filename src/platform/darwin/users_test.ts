import assert from "node:assert/strict";
import fc from "fast-check";
import { cStruct, type Member, mutated } from "../../../tests/helpers/c_struct.ts";
import { formatUuid, parseSession } from "./users.ts";

const BOOT_TIME = 2;
const USER_PROCESS = 7;

/** struct utmpx of <utmpx.h>, member by member. */
function utmpx(type: number, user: string, host: string): Uint8Array {
  return cStruct([
    ["char[256]", user],
    ["char[4]", "s000"],
    ["char[32]", "ttys000"],
    ["u32", 4321], // ut_pid
    ["u16", type],
    ["u64", 1_700_000_000], // ut_tv, a timeval
    ["u32", 999_999],
    ["u32"], // its padding
    ["char[256]", host],
    ...Array.from({ length: 16 }, (): Member => ["u32"]), // ut_pad
  ]);
}

Deno.test("a session stands where Apple's header puts it", () => {
  const bytes = utmpx(USER_PROCESS, "alice", "192.0.2.7");
  assert.equal(bytes.length, 640);
  const expected = { name: "alice", terminal: "ttys000", from: "192.0.2.7", sinceMs: 1_700_000_000_999 };
  assert.deepEqual(parseSession(bytes), expected);
  assert.equal(parseSession(utmpx(USER_PROCESS, "alice", ""))?.from, undefined);
});

Deno.test("a boot and an empty record are nobody's session", () => {
  assert.equal(parseSession(utmpx(BOOT_TIME, "alice", "")), null);
  assert.equal(parseSession(utmpx(USER_PROCESS, "", "")), null);
  assert.equal(parseSession(new Uint8Array(100)), null);
});

Deno.test("whatever the bytes are, a session has a name, and a time that exists", () => {
  const session = utmpx(USER_PROCESS, "alice", "example.com");
  const change = fc.array(fc.tuple(fc.nat(640), fc.nat(255)), { maxLength: 50 });
  fc.assert(fc.property(fc.nat(640), change, (length, changes) => {
    const found = parseSession(mutated(session, length, changes));
    if (found === null) return;
    assert.notEqual(found.name, "");
    if (found.sinceMs !== undefined) assert.doesNotThrow(() => new Date(found.sinceMs ?? NaN).toISOString());
  }));
});

Deno.test("a uuid is written as macOS writes it", () => {
  const bytes = Uint8Array.from({ length: 16 }, (_, index) => index * 17);
  assert.equal(formatUuid(bytes), "00112233-4455-6677-8899-AABBCCDDEEFF");
});
