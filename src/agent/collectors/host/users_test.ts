import assert from "node:assert/strict";
import fc from "fast-check";
import { anyDamage } from "../../../../tests/helpers/any_damage.ts";
import { badNumbers, damaged, hostRoots, hostText } from "../../../../tests/helpers/fixture_host.ts";
import { parseLogindSession, parseUtmp } from "./users.ts";

interface UtmpRecord {
  readonly type: number;
  readonly line?: string;
  readonly user?: string;
  readonly host?: string;
  readonly seconds?: number;
}

/** The bytes that glibc writes: with 4 bytes for the time, as on x86-64, or with 8, as on arm64. */
function utmp(wide: boolean, ...records: readonly UtmpRecord[]): Uint8Array {
  const size = wide ? 400 : 384;
  const bytes = new Uint8Array(size * records.length);
  const view = new DataView(bytes.buffer);
  records.forEach(({ type, line = "", user = "", host = "", seconds = 0 }, index) => {
    const at = index * size;
    view.setInt16(at, type, true);
    view.setInt32(at + 4, 4321, true);
    const text = (offset: number, value: string) => bytes.set(new TextEncoder().encode(value), at + offset);
    text(8, line);
    text(40, "ts/0");
    text(44, user);
    text(76, host);
    if (wide) view.setBigInt64(at + 344, BigInt(seconds), true);
    else view.setInt32(at + 340, seconds, true);
  });
  return bytes;
}

const LOGIN: UtmpRecord = { type: 7, line: "pts/0", user: "anna", host: "192.0.2.7", seconds: 1_700_000_000 };
const ANNA = { name: "anna", terminal: "pts/0", from: "192.0.2.7", sinceMs: 1_700_000_000_000 };

Deno.test("logins are read in both layouts, and boots, terminals that wait and ended ones are none", () => {
  const others: UtmpRecord[] = [{ type: 2, user: "reboot", line: "~" }, { type: 6, user: "LOGIN" }, {
    type: 8,
    line: "pts/9",
  }];
  for (const wide of [false, true]) assert.deepEqual(parseUtmp(utmp(wide, ...others, LOGIN)), [ANNA]);
});

Deno.test("the layout is told apart even where the file's size fits both", () => {
  const filler = (count: number) => Array.from({ length: count }, () => ({ type: 8 }));
  assert.deepEqual(parseUtmp(utmp(false, ...filler(24), LOGIN)), [ANNA]); // 25 of 384 bytes are 24 of 400
  assert.deepEqual(parseUtmp(utmp(true, ...filler(23), LOGIN)), [ANNA]);
});

Deno.test("a field that fills its place has no end mark, and one that is empty is absent", () => {
  const user = "u".repeat(32);
  const [session] = parseUtmp(utmp(false, { type: 7, user }));
  assert.deepEqual(session, { name: user, terminal: undefined, from: undefined, sinceMs: undefined });
  assert.deepEqual(parseUtmp(utmp(false, { type: 7 })), []);
});

Deno.test("the files of hosts are in these layouts", () => {
  const size = (host: "centos7" | "arm64_board") => Deno.statSync(`${hostRoots(host).root}/run/utmp`).size;
  assert.deepEqual([size("centos7") % 384, size("arm64_board") % 400], [0, 0]);
});

Deno.test("no bytes make a session that could not be one", () => {
  const bytes = Deno.readFileSync(`${hostRoots("centos7").root}/run/utmp`);
  const pieces = fc.array(fc.tuple(fc.nat(2400), fc.uint8Array({ maxLength: 8 })), { maxLength: 8 });
  fc.assert(fc.property(pieces, fc.nat(2500), (damages, cut) => {
    const copy = Uint8Array.from(bytes);
    for (const [at, piece] of damages) if (at + piece.length <= copy.length) copy.set(piece, at);
    for (const session of parseUtmp(copy.subarray(0, cut))) {
      assert.notEqual(session.name, "");
      assert.deepEqual(badNumbers(session), []);
    }
  }));
});

Deno.test("a session of logind has a name, or it is none", () => {
  const text = hostText("server128", "root/run/systemd/sessions/4");
  fc.assert(fc.property(fc.array(anyDamage()), (damages) => {
    const session = parseLogindSession(damaged(text, damages));
    assert.notEqual(session?.name, "");
    assert.deepEqual(badNumbers(session), []);
  }));
});
