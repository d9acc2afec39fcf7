import assert from "node:assert/strict";
import fc from "fast-check";
import { FIXTURE_HOSTS, hostRoots } from "../../../../tests/helpers/fixture_host.ts";
import { emptyStatFields, parseStatLine, type StatFields } from "./stat_line.ts";

const bytesOf = (text: string) => new TextEncoder().encode(text);

function parse(text: string): StatFields | null {
  const fields = emptyStatFields();
  const bytes = bytesOf(text);
  return parseStatLine(bytes, bytes.length, fields) ? fields : null;
}

const REST = "S 812 900 900 0 -1 4194304 1 2 3 4 50 60 7 8 20 0 9 0 123456 1000 77 18446744073709551615";

Deno.test("the fields are those of the kernel's documentation", () => {
  assert.deepEqual(parse(`900 (nginx) ${REST} 0 0\n`), {
    state: "S".charCodeAt(0),
    parent: 812,
    cpuTicks: 110,
    reapedTicks: 15,
    threads: 9,
    startTicks: 123456,
    rssPages: 77,
  });
});

Deno.test("a command may be anything: blanks, parentheses, line ends, what looks like fields", () => {
  const plain = parse(`900 (nginx) ${REST}`);
  for (const command of ["", "odd) (na\nme", ") R 1 (", "((", "))", "a\0b", "ärger", "x) Z 7 7 7 7"]) {
    assert.deepEqual(parse(`900 (${command}) ${REST}`), plain, JSON.stringify(command));
  }
});

Deno.test("what is no number is absent, and the fields after it are still read", () => {
  const fields = parse(`900 (x) ${REST.replace(" 50 60 ", " 5x 60 ").replace(" 123456 ", " -5 ")}`);
  assert.deepEqual([fields?.cpuTicks, fields?.startTicks, fields?.rssPages, fields?.threads], [-1, -1, 77, 9]);
});

Deno.test("a line that ends early lacks what comes later", () => {
  const fields = parse("900 (x) S 812 900");
  assert.deepEqual([fields?.parent, fields?.cpuTicks, fields?.rssPages], [812, -1, -1]);
});

Deno.test("what is no such line is none", () => {
  for (const text of ["", "900", "900 (x", "900 (x)", "900 (x) ", "900 (x) 4 5", ")"]) {
    assert.equal(parse(text), null, JSON.stringify(text));
  }
});

Deno.test("only the given bytes count, whatever an earlier line has left behind them", () => {
  const bytes = bytesOf(`900 (x) ${REST})) Z 1`);
  const fields = emptyStatFields();
  assert.ok(parseStatLine(bytes, bytes.length - ")) Z 1".length, fields));
  assert.equal(fields.parent, 812);
  assert.equal(parseStatLine(bytes, 0, fields), false);
});

Deno.test("no bytes make a number that cannot be", () => {
  const lines = FIXTURE_HOSTS.flatMap((host) => {
    const { proc } = hostRoots(host);
    const pids = [...Deno.readDirSync(proc)].filter(({ name }) => /^\d+$/.test(name));
    return pids.map(({ name }) => Deno.readFileSync(`${proc}/${name}/stat`));
  });
  assert.ok(lines.length > 40);
  const damage = fc.array(fc.tuple(fc.nat(400), fc.uint8Array({ maxLength: 12 })), { maxLength: 6 });
  fc.assert(fc.property(fc.constantFrom(...lines), damage, fc.nat(500), (line, damages, cut) => {
    const bytes = Uint8Array.from(line);
    for (const [at, piece] of damages) if (at + piece.length <= bytes.length) bytes.set(piece, at);
    const fields = emptyStatFields();
    if (!parseStatLine(bytes, Math.min(cut, bytes.length), fields)) return;
    for (const value of Object.values(fields)) assert.ok(Number.isFinite(value) && (value >= 0 || value === -1));
  }));
});
