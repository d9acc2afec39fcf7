import assert from "node:assert/strict";
import { localTime } from "../output.ts";
import { logLineText, prefixesOf } from "./line.ts";

const PIPE = { isTerminal: false, colour: false, timestamps: false };
const TERMINAL = { isTerminal: true, colour: true, timestamps: false };
const WILD = "\x1b[31mred\x1b[0m\x1b[2J\x07\tend";

Deno.test("a pipe gets what the program wrote, a terminal what does nothing to it", () => {
  const line = { file: "stdout", text: WILD };
  assert.equal(logLineText(line, undefined, PIPE), WILD);
  assert.equal(logLineText(line, undefined, TERMINAL), "\x1b[31mred\x1b[0m?[2J?\tend\x1b[0m");
  assert.equal(logLineText(line, undefined, { ...TERMINAL, colour: false }), "red?[2J?\tend");
});

Deno.test("errors are red on a terminal, unless the program colours them itself", () => {
  const show = (text: string) => logLineText({ file: "stderr", text }, undefined, TERMINAL);
  assert.equal(show("failed"), "\x1b[31mfailed\x1b[0m");
  assert.equal(show("\x1b[33mwarn"), "\x1b[33mwarn\x1b[0m");
  assert.equal(show(""), "");
  assert.equal(logLineText({ file: "stderr", text: "failed" }, undefined, PIPE), "failed");
});

Deno.test("of several processes each line names its own, and with --timestamps its time", () => {
  const prefixes = prefixesOf(["web-1", "worker"]);
  const timeMs = Date.UTC(2026, 2, 1);
  assert.equal(logLineText({ file: "stdout", text: "x" }, prefixes.get("web-1"), PIPE), "web-1  | x");
  const timed = { ...PIPE, timestamps: true };
  assert.equal(
    logLineText({ file: "stdout", text: "x", timeMs }, prefixes.get("worker"), timed),
    `worker | ${localTime(timeMs)} x`,
  );
  assert.equal(logLineText({ file: "stdout", text: "x" }, undefined, timed), `${"-".padEnd(19)} x`);
  assert.equal(prefixesOf(["web"]).size, 0);
});

Deno.test("a line that was too long says so on a terminal, and a pipe gets what there is", () => {
  const line = { file: "stdout", text: "long", cut: true };
  assert.deepEqual([logLineText(line, undefined, TERMINAL), logLineText(line, undefined, PIPE)], ["long…", "long"]);
});
