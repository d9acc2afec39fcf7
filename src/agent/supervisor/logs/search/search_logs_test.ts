import assert from "node:assert/strict";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import * as fc from "fast-check";
import { openFilesWith } from "../../../../../tests/helpers/open_files.ts";
import { inPlainTempDir } from "../../../../../tests/helpers/temp_dir.ts";
import { Pattern } from "../../../../core/mod.ts";
import { until } from "../../../../../tests/helpers/host.ts";
import type { SearchEnd, SearchMatch } from "../../../../protocol/mod.ts";
import { keepLogs, KIB, numberedLines } from "../testing.ts";
import { all, bytesOf, kept, never, search, textsOf, USUAL_QUERY } from "./testing.ts";

function test(name: string, use: (dir: string) => Promise<void>): void {
  Deno.test({ name, fn: () => inPlainTempDir(use) });
}

/** The log's bytes as files of these lengths, the last of them the current one; every third is compressed. */
function writeFiles(dir: string, bytes: Uint8Array, cuts: readonly number[], withPacked: boolean): void {
  const bounds = [0, ...cuts.map((cut) => Math.min(cut, bytes.length)).sort((a, b) => a - b), bytes.length];
  const parts = bounds.slice(1).map((to, index) => bytes.subarray(bounds[index], to));
  parts.reverse().forEach((part, number) => {
    const path = join(dir, number === 0 ? "out.log" : `out.log.${number}`);
    if (number > 0 && withPacked && number % 3 !== 1) Deno.writeFileSync(`${path}.gz`, gzipSync(part));
    else Deno.writeFileSync(path, part);
  });
}

function naive(bytes: Uint8Array, pattern: Pattern): string[] {
  const texts: string[] = [];
  for (let from = 0; from < bytes.length;) {
    const feed = bytes.indexOf(10, from);
    const to = feed < 0 ? bytes.length : feed;
    const line = bytes.subarray(from, to);
    const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(line.at(-1) === 13 ? line.subarray(0, -1) : line);
    if (pattern.test(text)) texts.push(text);
    from = to + 1;
  }
  return texts;
}

const part = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom("a", "b", "error", "é", "日", " ", "\r").map(bytesOf) },
  { weight: 3, arbitrary: fc.constant(bytesOf("\n")) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(bytesOf("\r\n"), bytesOf("x".repeat(100)), Uint8Array.of(0xff), Uint8Array.of(0xc3)),
  },
);
const logBytes = fc.array(part, { maxLength: 120 }).map((parts) => Uint8Array.from(parts.flatMap((each) => [...each])));
const sizesOf = fc.record({
  windowBytes: fc.integer({ min: 300, max: 600 }),
  pastBytes: fc.integer({ min: 1, max: 100 }),
  firstUnitBytes: fc.integer({ min: 1, max: 80 }),
  largestUnitBytes: fc.integer({ min: 80, max: 400 }),
  tailBytes: fc.integer({ min: 1, max: 50 }),
});
const patterns = fc.constantFrom(
  "a",
  "error",
  "é",
  "ab",
  "xa",
  "^a",
  "b$",
  "[^a]b",
  "a.b",
  "e.*r",
  "^$",
  "日|error",
  "\\bb",
);

test("what is found is what a look at every line finds, however the log is cut into files and looked at", async (dir) => {
  await fc.assert(
    fc.asyncProperty(
      ...[logBytes, fc.array(fc.nat({ max: 400 }), { maxLength: 5 }), fc.boolean(), patterns, sizesOf] as const,
      async (bytes, cuts, withPacked, text, sizes) => {
        const own = join(dir, crypto.randomUUID());
        Deno.mkdirSync(own);
        writeFiles(own, bytes, cuts, withPacked);
        const { matches, end } = await all(search(kept(own), text, { isRegex: true, sizes }));
        assert.equal(end.incomplete, undefined);
        assert.deepEqual(textsOf(matches), naive(bytes, new Pattern(text, { isRegex: true, ignoreCase: false })));
        assert.deepEqual(matches.map(({ at }) => at), matches.map(({ at }) => at).sort((a, b) => b - a));
        Deno.removeSync(own, { recursive: true });
      },
    ),
    { numRuns: 100 },
  );
});

test("the first line of a file is found though the one before it is packed, or empty, or ends within a line", async (dir) => {
  for (
    const [older, found] of [["\n\na\n", ["error x", "b error"]], ["", ["error x", "b error"]], ["an ", [
      "an error x",
      "b error",
    ]]] as const
  ) {
    const own = join(dir, crypto.randomUUID());
    Deno.mkdirSync(own);
    Deno.writeTextFileSync(join(own, "out.log"), "error x\nb error\n");
    Deno.writeFileSync(join(own, "out.log.1.gz"), gzipSync(older));
    const { matches } = await all(search(kept(own), "error", {}));
    assert.deepEqual(textsOf(matches), found, JSON.stringify(older));
  }
});

const DAY = Date.UTC(2026, 0, 31);
const iso = (ms: number) => new Date(ms).toISOString();
const append = (path: string, text: string) => Deno.writeTextFileSync(path, text, { append: true });
const touch = (path: string, ms: number) => Deno.utimeSync(path, ms / 1_000, ms / 1_000);

/** Lines a second apart. */
function seconds(from: number, to: number, word = "tick"): string {
  let text = "";
  for (let second = from; second <= to; second++) text += `${iso(DAY + second * 1_000)} ${word} ${second}\n`;
  return text;
}

test("the newest are kept and come first, in the order of their times over all logs, and no older file is read", async (dir) => {
  const [a, b] = [join(dir, "a.log"), join(dir, "b.log")];
  append(a, seconds(1, 9, "a"));
  append(`${a}.1`, seconds(-100, 0, "a"));
  append(b, [2, 4, 6, 12].map((second) => seconds(second, second, "b")).join(""));
  touch(`${a}.1`, DAY);
  const { matches, end } = await all(search(kept(dir, [a, b], false), " ", { limit: 8 }));
  assert.deepEqual(matches.map(({ text }) => text.slice(25)), [
    "b 12",
    "a 9",
    "a 8",
    "a 7",
    "b 6",
    "a 6",
    "a 5",
    "b 4",
  ]);
  assert.deepEqual([end.incomplete, end.files], ["limit", 2]);
});

test("a log that is limited to less than it has says so, and one that has exactly as much does not", async (dir) => {
  const path = join(dir, "a.log");
  append(path, seconds(1, 5));
  for (const [limit, incomplete] of [[4, "limit"], [5, undefined], [6, undefined]] as const) {
    const { matches, end } = await all(search(kept(dir, [path], false), "tick", { limit }));
    assert.deepEqual([matches.length, end.incomplete], [Math.min(5, limit), incomplete], String(limit));
  }
});

test("a time range leaves out what is older or newer, by the lines' own times and those that they inherit", async (dir) => {
  const path = join(dir, "a.log");
  append(path, `${seconds(1, 3)}  at main\n${seconds(4, 6)}  at other\n${seconds(7, 9)}`);
  const [sinceMs, untilMs] = [DAY + 3_000, DAY + 6_000];
  const found = async (more: object) => textsOf((await all(search(kept(dir, [path], false), "t", more))).matches);
  assert.deepEqual((await found({ sinceMs, untilMs })).map((text) => text.replace(/.*Z /, "")), [
    "tick 3",
    "  at main",
    "tick 4",
    "tick 5",
    "tick 6",
    "  at other",
  ]);
  assert.equal((await found({ sinceMs })).length, 9);
  assert.equal((await found({ untilMs })).length, 8);
  assert.deepEqual(await found({ sinceMs: DAY + 86_400_000 }), []);
});

test("of a large log no more is read than its time range needs", async (dir) => {
  const path = join(dir, "a.log");
  append(path, seconds(1, 200_000));
  const total = Deno.statSync(path).size;
  const range = { sinceMs: DAY + 100_000_000, untilMs: DAY + 100_010_000 };
  const { matches, end } = await all(search(kept(dir, [path], false), "tick", range));
  assert.deepEqual(
    textsOf(matches).map((text) => text.slice(25)),
    seconds(100_000, 100_010).trim().split("\n").map((text) => text.slice(25)),
  );
  assert.ok(end.scannedBytes < total * 0.8, `${end.scannedBytes} of ${total}`);
});

test("what was written by the agent's own index counts where lines have no time", async (dir) => {
  const process = kept(dir);
  const path = join(dir, "out.log");
  const file = process.files.get("stdout")?.file;
  file?.look();
  append(path, "old\n");
  file?.look();
  await new Promise((resolve) => setTimeout(resolve, 30));
  const sinceMs = Date.now();
  append(path, "new\n");
  file?.look();
  const { matches } = await all(search(process, "", { isRegex: true, sinceMs: sinceMs - 10 }));
  assert.deepEqual(textsOf(matches), ["new"]);
  assert.ok(Math.abs((matches[0]?.timeMs ?? 0) - sinceMs) < 5_000);
});

test("lines beside a match come with it, over the bounds of units and windows, and are told by their places", async (dir) => {
  const path = join(dir, "out.log");
  append(path, Array.from({ length: 100 }, (_, number) => `line ${number}\n`).join(""));
  const sizes = { windowBytes: 400, pastBytes: 100, firstUnitBytes: 16, largestUnitBytes: 64, tailBytes: 8 };
  const { matches } = await all(search(kept(dir), "0$", { isRegex: true, before: 2, after: 3, sizes }));
  assert.equal(matches.length, 10);
  for (const { text, at, before = [], after = [] } of matches) {
    const number = Number(text.slice(5));
    const around = [...before, { at, text }, ...after];
    const expected = Array.from({ length: 6 }, (_, index) => number - 2 + index).filter((line) =>
      line >= 0 && line < 100
    );
    assert.deepEqual(around.map((line) => line.text), expected.map((line) => `line ${line}`));
    assert.deepEqual(
      around.map((line) => line.at),
      expected.map((line) => line < 10 ? line * 7 : 70 + (line - 10) * 8),
    );
  }
});

test("a line that is longer than the memory for it is found by any part of it, and told as far as it is kept", async (dir) => {
  const path = join(dir, "out.log");
  append(path, `first\n`);
  for (let count = 0; count < 40; count++) append(path, "x".repeat(100_000));
  append(path, `needle${"y".repeat(3_000_000)}\nlast needle\n`);
  const { matches, end } = await all(search(kept(dir), "needle"));
  assert.deepEqual(matches.map(({ at, cut, text }) => [at, cut, text.length]), [[7_000_013, undefined, 11], [
    6,
    true,
    65_536,
  ]]);
  assert.equal(end.incomplete, undefined);
  const regex = await all(search(kept(dir), "^x+needley+$", { isRegex: true }));
  assert.deepEqual(regex.matches.map(({ at }) => at), [6]);
  assert.deepEqual((await all(search(kept(dir), "^first$", { isRegex: true }))).matches.length, 1);
});

test("older files of log_paths are found by their names, packed or not, and each is read once", async (dir) => {
  const path = join(dir, "app.log");
  append(path, "now\n");
  append(`${path}.1`, "one\n");
  Deno.writeFileSync(
    `${path}.2.gz`,
    new Uint8Array([...gzipSync(bytesOf("two a\n")), ...gzipSync(bytesOf("two b\n"))]),
  );
  Deno.writeFileSync(join(dir, "app-2026-01-31.log.gz"), gzipSync(bytesOf("dated\n")));
  Deno.writeFileSync(`${path}.3.xz`, bytesOf("unreadable"));
  append(join(dir, "other.log"), "other\n");
  Deno.symlinkSync("/etc/passwd", `${path}.4`);
  Deno.linkSync(`${path}.1`, `${path}.5`);
  const { matches, end } = await all(search(kept(dir, [path, join(dir, "app*.log")], false), ".", { isRegex: true }));
  assert.deepEqual(new Set(textsOf(matches)), new Set(["now", "one", "two a", "two b", "dated"]));
  assert.deepEqual(matches.map(({ file }) => file), matches.map(() => path));
  assert.equal(matches.find(({ text }) => text === "dated")?.rotated, "app-2026-01-31.log.gz");
  assert.equal(end.incomplete, "unreadable");
  assert.match(end.problems?.[0] ?? "", /app\.log\.3\.xz cannot be searched/);
});

test("only the logs that are named are searched", async (dir) => {
  append(join(dir, "out.log"), "own\n");
  append(join(dir, "a.log"), "a\n");
  append(join(dir, "b.log"), "b\n");
  const process = kept(dir, [join(dir, "a.log"), join(dir, "b.log"), join(dir, "out.log")]);
  const found = async (file?: string) =>
    textsOf((await all(search(process, ".", { isRegex: true, file }))).matches).sort();
  assert.deepEqual(await found(), ["a", "b", "own"]);
  assert.deepEqual(await found("stdout"), ["own"]);
  assert.deepEqual(await found("b.log"), ["b"]);
  assert.deepEqual(await found("*.log"), ["a", "b"]);
  assert.deepEqual(await found(join(dir, "a.log")), ["a"]);
  assert.deepEqual(await found("/etc/passwd"), []);
});

test("a damaged file is searched as far as it goes, and said to be damaged", async (dir) => {
  const path = join(dir, "app.log");
  const text = Array.from({ length: 50_000 }, (_, number) => `line ${number * 7919 % 65_521}\n`).join("");
  const packed = gzipSync(bytesOf(text));
  Deno.writeFileSync(`${path}.1.gz`, packed.subarray(0, packed.length >> 1));
  Deno.writeFileSync(`${path}.2.gz`, Uint8Array.of(0x1f, 0x8b, 0, 1, 2, 3));
  append(path, "line whole\n");
  const { matches, end } = await all(search(kept(dir, [path], false), "line", { limit: 100_000 }));
  assert.ok(matches.length > 1_000 && matches.length < 50_000);
  assert.equal(matches[0]?.text, "line whole");
  assert.equal(end.incomplete, "unreadable");
  assert.equal(end.problems?.length, 2);
});

test("a file is read to its end though it is renamed, deleted or packed meanwhile", async (dir) => {
  const path = join(dir, "app.log");
  append(path, seconds(1, 100_000));
  const searching = search(kept(dir, [path], false), "tick", {
    sizes: { windowBytes: 8_192, pastBytes: 100, firstUnitBytes: 65_536, largestUnitBytes: 65_536, tailBytes: 100 },
  });
  const first = await searching.next();
  assert.equal((first.value as SearchMatch).text.slice(25), "tick 100000");
  Deno.renameSync(path, `${path}.1`);
  append(path, "tick in another file\n");
  Deno.removeSync(`${path}.1`);
  const rest = await Array.fromAsync(searching);
  assert.equal(rest.filter(({ type }) => type === "match").length, 9_999);
  assert.equal((rest.at(-1) as SearchEnd).incomplete, "limit");
});

test("an own log is searched to its beginning though it is rotated and packed meanwhile", async (dir) => {
  await using rotating = keepLogs(dir, { maxBytes: 64 * KIB, maxFiles: 50, compress: true });
  append(rotating.path, numberedLines(1, 20_000));
  await until(() => (rotating.logs.files("p")[0]?.rotated ?? 0) > 5, "it is rotated");
  const query = {
    ...USUAL_QUERY,
    pattern: new Pattern("line", { isRegex: false, ignoreCase: false }),
    limit: 100_000,
    timeoutMs: 600_000,
  };
  const searching = rotating.logs.search([{ id: "p", name: "P" }], query, never);
  const numbers: number[] = [];
  for await (const line of searching) {
    if (line.type !== "match") continue;
    numbers.push(Number(line.text.split(" ")[1]));
    if (numbers.length === 10) append(rotating.path, numberedLines(20_001, 26_000));
    if (numbers.length % 500 === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  }
  assert.deepEqual(numbers, Array.from({ length: 20_000 }, (_, index) => 20_000 - index));
});

test("a search ends when nobody waits for it any more, and reads no further", async (dir) => {
  const path = join(dir, "app.log");
  Deno.writeFileSync(`${path}.1.gz`, gzipSync(new Uint8Array(200_000_000)));
  const leaving = new AbortController();
  const searching = search(kept(dir, [path], false), "nothing", { signal: leaving.signal });
  const ended = assert.rejects(all(searching), /enough/);
  setTimeout(() => leaving.abort(new Error("enough")), 20);
  await ended;
  assert.equal(openFilesWith((open) => open.startsWith(dir)), 0);
});

test("who leaves the loop leaves nothing open", async (dir) => {
  const path = join(dir, "app.log");
  append(path, seconds(1, 1_000));
  Deno.writeFileSync(`${path}.1.gz`, gzipSync(bytesOf(seconds(-50_000, 0))));
  for await (const line of search(kept(dir, [path], false), "tick 0")) {
    assert.equal(line.type, "match");
    break;
  }
  assert.equal(openFilesWith((open) => open.startsWith(dir)), 0);
});

test("a search that may read or take no more says how far it has come", async (dir) => {
  const path = join(dir, "app.log");
  append(path, seconds(1, 100_000));
  const some = await all(search(kept(dir, [path], false), "tick \\d*00$", { isRegex: true, maxBytes: 2_000_000 }));
  assert.equal(some.end.incomplete, "bytes");
  assert.ok(some.end.scannedBytes < 3_000_000 && some.matches.length > 10);
  assert.ok((some.end.reachedMs ?? 0) > DAY + 10_000_000);
  const none = await all(search(kept(dir, [path], false), "nothing", { timeoutMs: 0 }));
  assert.equal(none.end.incomplete, "time");
});

test("matches that are too long together are left out, the oldest of them", async (dir) => {
  const path = join(dir, "app.log");
  const text = Array.from({ length: 600 }, (_, count) => `${count} ${"é".repeat(40_000)}\n`).join("");
  Deno.writeFileSync(`${path}.1.gz`, gzipSync(bytesOf(text)));
  const { matches, end } = await all(search(kept(dir, [path], false), "é"));
  assert.equal(end.incomplete, "size");
  assert.ok(matches.length > 100 && matches.length < 600);
  assert.ok(matches.every(({ text }, index) => text.startsWith(`${599 - index} `)));
});

test("no pattern keeps the agent from doing something else", async (dir) => {
  const path = join(dir, "app.log");
  let seed = 7;
  const next = () => (seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31) & 65_536 ? "a" : "b";
  append(path, `${Array.from({ length: 30_000 }, next).join("")}\n`);
  let turns = 0;
  const timer = setInterval(() => turns++, 1);
  for (const text of ["(a|b)*a(a|b){500}c", "é|(a|b)*a(a|b){500}c"]) {
    turns = 0;
    const { matches } = await all(search(kept(dir, [path], false), text, { isRegex: true }));
    assert.deepEqual(matches, []);
    assert.ok(turns > 10, `only ${turns} turns while ${text} was looked for`);
  }
  clearInterval(timer);
});
