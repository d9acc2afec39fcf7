import assert from "node:assert/strict";
import { join } from "node:path";
import fc from "fast-check";
import { inPlainTempDir } from "../../../../tests/helpers/temp_dir.ts";
import { processIdentity, type WindowsProcess } from "../../../platform/mod.ts";
import { linuxMemberReader, parseIo, parsePss } from "./member_reading.linux.ts";
import { createMemberReader } from "./member_reading.ts";
import { windowsMemberReader } from "./member_reading.windows.ts";

// macOS tells nothing here.
const ignore = Deno.build.os === "darwin";
const UNITS_PER_SECOND = Deno.build.os === "windows" ? 10_000_000 : 100;

const IO = `rchar: 4292
wchar: 17
syscr: 13
syscw: 2
read_bytes: 40960
write_bytes: 8192
cancelled_write_bytes: 4096
`;

Deno.test("what came from storage is told from what was only read", () => {
  assert.deepEqual(parseIo(IO), { readBytes: 40_960, writtenBytes: 8_192 });
  assert.deepEqual(parseIo("rchar: 1\n"), { readBytes: undefined, writtenBytes: undefined });
  assert.equal(parsePss("1-2 ---p [rollup]\nRss:  20 kB\nPss:       12 kB\nPss_Anon: 3 kB\n"), 12 * 1024);
  assert.equal(parsePss(null), undefined);
});

Deno.test("no text gives what is no number", () => {
  const part = fc.oneof(
    fc.string(),
    fc.constantFrom("\nread_bytes: ", "\nwrite_bytes: ", "\nPss:", "-1", "99999", " kB"),
  );
  fc.assert(fc.property(fc.array(part), (parts) => {
    const text = parts.join("");
    for (const value of [...Object.values(parseIo(text)), parsePss(text)]) {
      assert.ok(value === undefined || (Number.isFinite(value) && value >= 0));
    }
  }));
});

Deno.test("a copy of /proc is read: files are counted by walking, and who is not there has ended", () =>
  inPlainTempDir(async (proc) => {
    await Deno.mkdir(join(proc, "7/fd"), { recursive: true });
    await Deno.writeTextFile(join(proc, "7/io"), IO);
    for (const fd of ["0", "1", "2"]) await Deno.writeTextFile(join(proc, "7/fd", fd), "");
    await Deno.mkdir(join(proc, "8"));
    await Deno.writeTextFile(join(proc, "uptime"), "1234.56 99.0\n");
    const reader = linuxMemberReader(proc);
    assert.equal(reader.begin(), 123_456);
    assert.deepEqual(reader.read(7, true), { readBytes: 40_960, writtenBytes: 8_192, openFiles: 3 });
    assert.deepEqual(reader.read(7, false), { readBytes: 40_960, writtenBytes: 8_192 });
    assert.deepEqual(reader.read(8, false), {});
    assert.equal(reader.read(9, true), null);
    assert.equal(reader.exactMemoryBytes([7]), undefined);
    assert.equal(reader.exactMemoryBytes([9]), 0);
  }));

Deno.test({ name: "this very process is told of, and start times can be compared with the present", ignore }, () => {
  const reader = createMemberReader();
  const mark = reader.begin() ?? NaN;
  const files = reader.read(Deno.pid, true);
  reader.end();
  assert.ok((files?.openFiles ?? 0) >= 3);
  const ageSeconds = (mark - Number(processIdentity(Deno.pid)?.startTime)) / UNITS_PER_SECOND;
  assert.ok(ageSeconds > -1 && ageSeconds < 3_600, `${ageSeconds} s old`);
  const exact = reader.exactMemoryBytes([Deno.pid]);
  assert.ok(exact === undefined || exact > 10_000_000);
  assert.ok(exact !== undefined || Deno.build.os === "windows");
});

Deno.test("Windows tells of all processes at once, anew in each measurement", () => {
  let calls = 0;
  const processRecords = (): WindowsProcess[] => {
    calls++;
    const one = { parentPid: 0, name: "x", state: "sleeping" as const };
    return [
      { ...one, pid: 4, handles: 30, readBytes: 5, writtenBytes: 6, privateBytes: 100 },
      { ...one, pid: 8 },
    ];
  };
  const reader = windowsMemberReader({ processRecords }, () => 0);
  assert.equal(reader.begin(), 116_444_736_000_000_000);
  assert.equal(calls, 0);
  assert.deepEqual(reader.read(4, true), { readBytes: 5, writtenBytes: 6, openFiles: 30 });
  assert.deepEqual(reader.read(8, true), { readBytes: undefined, writtenBytes: undefined, openFiles: undefined });
  assert.equal(reader.read(12, true), null);
  assert.equal(calls, 1);
  reader.end();
  reader.begin();
  reader.read(4, true);
  assert.equal(calls, 2);
  assert.equal(reader.exactMemoryBytes([4, 12]), 100);
  assert.equal(reader.exactMemoryBytes([4, 8]), undefined);
});
