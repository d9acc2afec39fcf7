import assert from "node:assert/strict";
import { join } from "node:path";
import fc from "fast-check";
import { inPlainTempDir } from "../../tests/helpers/temp_dir.ts";
import { AppError } from "../core/mod.ts";
import { createProcessTable, parseRow, readOnce } from "./process_table.linux.ts";

const TAIL = "4194304 100 0 1 0 150 50 0 0 20 0 3 0 94736 2998272 382 18446744073709551615 1 1 0 0";

function parse(text: string) {
  const bytes = new TextEncoder().encode(text);
  return parseRow(bytes, bytes.length, "boot", 4096);
}

Deno.test("a stat line is read whatever the program calls itself", () => {
  const expected = {
    identity: { pid: 5830, startTime: "94736", bootId: "boot" },
    parentPid: 17,
    processGroup: 5818,
    session: 4215,
    isZombie: false,
    cpuSeconds: 2,
    rssBytes: 382 * 4096,
    threads: 3,
  };
  assert.deepEqual(parse(`5830 (a) b (c) S 17 5818 4215 0 -1 ${TAIL}\n`), { ...expected, name: "a) b (c" });
  fc.assert(fc.property(fc.string({ unit: "binary", maxLength: 15 }), (name) => {
    const { name: seen, ...rest } = parse(`5830 (${name}) S 17 5818 4215 0 -1 ${TAIL}`) ?? assert.fail();
    assert.deepEqual(rest, expected);
    // deno-lint-ignore no-control-regex
    assert.doesNotMatch(seen, /[\x00-\x1f\x7f-\x9f]/);
  }));
});

Deno.test("one that has ended is a zombie, unless some of its threads go on", () => {
  const line = (state: string, threads: number) =>
    `1 (x) ${state} 0 0 0 0 -1 ${TAIL.replace(" 0 3 0 ", ` 0 ${threads} 0 `)}`;
  for (const state of ["Z", "X", "x"]) {
    assert.equal(parse(line(state, 1))?.isZombie, true);
    assert.equal(parse(line(state, 2))?.isZombie, false);
  }
  assert.equal(parse(line("S", 1))?.isZombie, false);
});

Deno.test("no bytes whatever give NaN, a negative number, or an error", () => {
  const start = new TextEncoder().encode("12 (x) S 1 2 3");
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), fc.boolean(), fc.nat(250), (bytes, isLine, length) => {
    const row = parseRow(new Uint8Array(isLine ? [...start, ...bytes] : bytes), length, "boot", 4096);
    if (row === null) return;
    for (const value of Object.values(row)) assert.ok(typeof value !== "number" || value >= 0, String(value));
  }));
  const whole = `12 (x) S 1 2 3 0 -1 ${TAIL}`;
  for (let end = 0; end < whole.indexOf(" 382"); end++) assert.equal(parse(whole.slice(0, end)), null);
  assert.equal(parse(whole.replace("94736", "9473x")), null);
});

const ignore = Deno.build.os !== "linux";

Deno.test(
  { name: "a copy of proc is read, and what is no process in it is left out", ignore },
  () =>
    inPlainTempDir(async (root) => {
      await Deno.mkdir(join(root, "sys/kernel/random"), { recursive: true });
      await Deno.writeTextFile(join(root, "sys/kernel/random/boot_id"), "boot-1\n");
      for (const name of ["7", "42", "self", "9"]) await Deno.mkdir(join(root, name));
      await Deno.writeTextFile(join(root, "7/stat"), `7 (seven) S 1 7 7 0 -1 ${TAIL}`);
      await Deno.writeTextFile(join(root, "42/stat"), `42 (forty-two) Z 7 7 7 0 -1 ${TAIL}`);
      await Deno.writeTextFile(join(root, "9/stat"), "");
      const table = createProcessTable(root);
      const names = table.all().map(({ name }) => name);
      assert.deepEqual(names.sort(), ["forty-two", "seven"]);
      assert.equal(table.one(42)?.identity.bootId, "boot-1");
      assert.deepEqual([table.one(43), table.one(9)], [null, null]);
    }),
);

Deno.test("a process that cannot be looked at for want of files is not taken for gone", () => {
  const open = Deno.openSync;
  Deno.openSync = () => {
    throw Object.assign(new Error("Too many open files (os error 24)"), { code: "EMFILE" });
  };
  try {
    assert.throws(() => readOnce("/proc/1/stat", new Uint8Array(10)), (error) => error instanceof AppError);
  } finally {
    Deno.openSync = open;
  }
});
