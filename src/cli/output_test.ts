import assert from "node:assert/strict";
import fc from "fast-check";
import { AppError, Duration } from "../core/mod.ts";
import { localTime, Output, roughly } from "./output.ts";

function recording(options: Partial<{ json: boolean; colour: boolean }> = {}) {
  const printed = { stdout: "", stderr: "" };
  const terminal = {
    stdout: (text: string) => void (printed.stdout += text),
    stderr: (text: string) => void (printed.stderr += text),
    isTerminal: false,
  };
  return { printed, out: new Output(terminal, { json: false, colour: false, ...options }) };
}

Deno.test("a table's columns are as wide as their widest cell, and no line ends in blanks", () => {
  const { out, printed } = recording();
  out.table(["NAME", "STATE", "REASON"], [["control-socket", "ok", ""], ["trim", "degraded", "no libc"], ["x"]]);
  assert.equal(
    printed.stdout,
    [
      "NAME            STATE     REASON",
      "control-socket  ok",
      "trim            degraded  no libc",
      "x",
      "",
    ].join("\n"),
  );
});

Deno.test("a table without rows is its heading", () => {
  const { out, printed } = recording();
  out.table(["KEY", "VALUE"], []);
  assert.equal(printed.stdout, "KEY  VALUE\n");
});

Deno.test("colour changes no column: without its codes, a painted table is the plain one", () => {
  const paintedText = (colour: boolean) => {
    const { out, printed } = recording({ colour });
    out.table(["A", "B", "C"], [["1", "22", "3"], ["11", "2", "33"]], (column) => column === 1 ? out.red : undefined);
    return printed.stdout;
  };
  assert.ok(paintedText(true).includes("\x1b[31m2 \x1b[0m"));
  // deno-lint-ignore no-control-regex -- the codes of colours are what is looked for
  assert.equal(paintedText(true).replaceAll(/\x1b\[\d+m/g, ""), paintedText(false));
});

Deno.test("pairs are aligned and indented", () => {
  const { out, printed } = recording();
  out.pairs([["pid", "7"], ["work dir", "/x"]]);
  out.pairs([]);
  assert.equal(printed.stdout, "  pid       7\n  work dir  /x\n");
});

Deno.test("without colour nothing is painted", () => {
  const { out } = recording();
  for (const paint of [out.bold, out.dim, out.red, out.green, out.yellow]) assert.equal(paint("x"), "x");
  assert.equal(recording({ colour: true }).out.bold("x"), "\x1b[1mx\x1b[0m");
});

Deno.test("JSON is printed where it was asked for, and only there", () => {
  for (const json of [true, false]) {
    const { out, printed } = recording({ json });
    out.either({ pid: 7 }, () => out.line("agent runs"));
    assert.equal(printed.stdout, json ? '{\n  "pid": 7\n}\n' : "agent runs\n");
    assert.equal(printed.stderr, "");
  }
});

Deno.test("an error goes to stderr, as a sentence or as the envelope that the API would send", () => {
  const error = new AppError("not_running", "Not there", { details: { socket: "/x" } });
  const plain = recording();
  plain.out.error(error);
  plain.out.error(new TypeError("unforeseen"));
  assert.deepEqual(plain.printed, { stdout: "", stderr: "error: Not there\nerror: unforeseen\n" });
  const { out, printed } = recording({ json: true });
  out.error(error);
  assert.deepEqual(JSON.parse(printed.stderr), { code: 10014, msg: "Not there", data: { socket: "/x" } });
});

Deno.test("a duration is told in its two largest units", () => {
  const spoken: readonly [string, string][] = [
    ["0", "0s"],
    ["999ms", "0s"],
    ["59s999ms", "59s"],
    ["60s", "1m"],
    ["61s", "1m1s"],
    ["1h5s", "1h"],
    ["3h12m40s", "3h12m"],
    ["1d", "1d"],
    ["400d23h59m", "400d23h"],
  ];
  for (const [given, expected] of spoken) {
    assert.equal(roughly(Duration.parse(given) ?? new Duration(1)), expected, given);
  }
});

Deno.test("a rough duration is never longer than the exact one, nor short of it by a whole second unit", () => {
  fc.assert(fc.property(fc.integer({ min: 0, max: 10 ** 11 }), (ms) => {
    const told = Duration.parse(roughly(new Duration(ms)))?.ms;
    assert.ok(told !== undefined && told <= ms);
    assert.ok(ms - told < (ms >= 86_400_000 ? 3_600_000 : ms >= 3_600_000 ? 60_000 : 1_000));
  }));
});

Deno.test("local time is the clock on this host's wall", () => {
  assert.equal(localTime(new Date(2026, 2, 1, 14, 5, 9).getTime()), "2026-03-01 14:05:09");
});

Deno.test("JSON says the same with nothing in it that acts on a terminal", () => {
  const hostile = { name: "a\x1b[2J\u009b31m\u202e\u2028\u{e0041}\x7f 進程 🦕" };
  const { out, printed } = recording();
  out.data(hostile);
  assert.deepEqual(JSON.parse(printed.stdout), hostile);
  assert.match(printed.stdout.replaceAll("\n", ""), /^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]*$/u);
  assert.ok(printed.stdout.includes("進程 🦕"));
});

Deno.test("records are JSON on a line each, in which nothing acts on a terminal", () => {
  const { out, printed } = recording();
  out.record({ text: "a\n\x1b\x9b\u202e" });
  out.record([1]);
  assert.equal(printed.stdout, '{"text":"a\\n\\u001b\\u009b\\u202e"}\n[1]\n');
});
