import assert from "node:assert/strict";
import { mappingMatcher, trimmableMappings } from "./memory_trimmer.linux.ts";
import { startScript } from "./testing.ts";

const CODE = "55d0c0000000-55d0c4000000 r-xp 00000000 08:01 131 /opt/my agent";
const LIBC = "7f0000000000-7f0000200000 r--p 00000000 08:01 140                        /usr/lib/libc.so.6";
const entry = (header: string, anonymousKb = 0) =>
  `${header}\nSize: 4 kB\nAnonymous:      ${anonymousKb} kB\nVmFlags: rd\n`;

const bytes = (text: string) => new TextEncoder().encode(text);

Deno.test("only clean, private, unwritable mappings of the program and its libraries are chosen", () => {
  const smaps = [
    entry(CODE),
    entry("55d0c4000000-55d0c4100000 r--p 04000000 08:01 131 /opt/my agent", 12),
    entry("55d0c4100000-55d0c4200000 rw-p 04100000 08:01 131 /opt/my agent"),
    entry("55d0c4200000-55d0c4300000 r--s 04100000 08:01 131 /opt/my agent"),
    entry("55d0c5000000-55d0c5100000 r--p 00000000 00:00 0"),
    entry("7e0000000000-7e0000200000 r--p 00000000 08:01 139 /var/lib/data.db"),
    entry(LIBC),
    entry("7f0001000000-7f0001200000 r-xp 00000000 08:01 141 /usr/lib/libgone.so.1 (deleted)"),
    entry("7ffd00000000-7ffd00002000 r-xp 00000000 00:00 0 [vdso]"),
  ].join("");
  assert.deepEqual(trimmableMappings(smaps, "/opt/my agent"), [
    { start: 0x55d0c0000000, end: 0x55d0c4000000, line: bytes(CODE) },
    { start: 0x7f0000000000, end: 0x7f0000200000, line: bytes(LIBC) },
  ]);
});

Deno.test("a mapping that is no longer what it was is not matched", () => {
  const safe = trimmableMappings(entry(CODE) + entry(LIBC), "/opt/my agent");
  const matches = (maps: string) => {
    const found: string[] = [];
    mappingMatcher(safe)(new TextEncoder().encode(maps), ({ line }) => found.push(new TextDecoder().decode(line)));
    return found;
  };
  assert.deepEqual(matches(`${CODE}\n${LIBC}\n`), [CODE, LIBC]);
  assert.deepEqual(matches(`1000-2000 rw-p 0 0 0\n${LIBC}`), [LIBC]);
  for (
    const changed of [
      CODE.replace("r-xp", "rwxp"),
      CODE.replace("55d0c4000000", "55d0c4000fff"),
      `${CODE} (deleted)`,
      CODE.slice(0, -1),
      CODE.slice(1),
    ]
  ) assert.deepEqual(matches(`${changed}\n`), [], changed);
  assert.deepEqual(matches(""), []);
});

Deno.test(
  { name: "trimming shrinks a running program, which goes on working", ignore: Deno.build.os !== "linux" },
  async () => {
    await using script = startScript(`
    const fileKb = () => Number(/RssFile:\\s+(\\d+)/.exec(Deno.readTextFileSync("/proc/self/status"))[1]);
    const trimmer = platform.createMemoryTrimmer();
    const before = fileKb();
    const { ranges, ms } = trimmer.trim();
    const after = fileKb();
    for (let i = 0; i < 100; i++) trimmer.trim();
    const sum = JSON.parse(JSON.stringify(Array.from({ length: 1000 }, (_, i) => i))).reduce((a, b) => a + b);
    console.log(JSON.stringify({ ranges, ms, before, after, sum }));`);
    const { ranges, ms, before, after, sum } = JSON.parse(await script.nextLine());
    assert.ok(ranges > 0 && ms > 0);
    assert.ok(after < before, `${after} KiB after, ${before} KiB before`);
    assert.equal(sum, 499_500);
  },
);
