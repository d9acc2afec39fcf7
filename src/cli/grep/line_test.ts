import assert from "node:assert/strict";
import { localTime } from "../output.ts";
import { columnsOf, grepLine } from "./line.ts";
import type { Match, ShownLine } from "./results.ts";

const TIME = Date.UTC(2026, 0, 31, 12);
const MATCH: Match = {
  ...{ type: "match", process: "Shop", processId: "shop", file: "/var/log/shop.log", at: 0, timeMs: TIME },
  ...{ text: "an error\x1b[2J here", spans: [[3, 8]], host: "web-1", hostId: "h" },
};
const lineOf = (match: Match, isMatch = true): ShownLine => ({ match, text: match.text, isMatch, isApart: false });
const PIPE = { isTerminal: false, colour: false, withPrefix: true };
const TERMINAL = { isTerminal: true, colour: true, withPrefix: true };

Deno.test("a line says of which host, process, file and time it is, in columns", () => {
  const other: Match = { ...MATCH, host: "db", process: "Postgres", file: "stderr", rotated: "shop.log.2.gz" };
  const columns = columnsOf([MATCH, other], true);
  const time = localTime(TIME);
  assert.equal(grepLine(lineOf(MATCH), columns, PIPE), `web-1 Shop     shop.log      ${time} | ${MATCH.text}`);
  assert.equal(grepLine(lineOf(other), columns, PIPE), `db    Postgres shop.log.2.gz ${time} | ${MATCH.text}`);
  assert.equal(
    grepLine(lineOf(MATCH, false), columns, PIPE),
    `web-1 Shop     shop.log      ${" ".repeat(19)} - ${MATCH.text}`,
  );
  assert.equal(grepLine(lineOf(MATCH), columns, { ...PIPE, withPrefix: false }), MATCH.text);
  const { timeMs: _, ...timeless } = MATCH;
  assert.equal(
    grepLine(lineOf(timeless), columnsOf([timeless], false), PIPE),
    `Shop shop.log -${" ".repeat(18)} | ${MATCH.text}`,
  );
});

Deno.test("on a terminal what matches is painted, and nothing in the line acts on it", () => {
  const shown = grepLine(lineOf(MATCH), columnsOf([MATCH], true), { ...TERMINAL, withPrefix: false });
  assert.equal(shown, "an \x1b[1m\x1b[31merror\x1b[0m\x1b[0m?[2J here");
  assert.equal(
    grepLine(lineOf({ ...MATCH, cut: true }, true), columnsOf([MATCH], true), {
      ...TERMINAL,
      colour: false,
      withPrefix: false,
    }),
    "an error?[2J here…",
  );
  const hostile: Match = { ...MATCH, host: "\x1b[31mweb\u202e", process: "p\n" };
  const quiet = grepLine(lineOf(hostile), columnsOf([hostile], true), { ...TERMINAL, colour: false });
  assert.equal(["\x1b", "\n", "\u202e"].some((sign) => quiet.includes(sign)), false);
});

Deno.test("spans that do not fit the line are left out", () => {
  const odd: Match = { ...MATCH, text: "short", spans: [[3, 2], [0, 1], [0, 99], [2, 3]] };
  const shown = grepLine(lineOf(odd), columnsOf([odd], false), { ...TERMINAL, withPrefix: false });
  assert.equal(shown.split("\x1b").map((part) => part.replace(/^\[\d+m/, "")).join(""), "short");
});
