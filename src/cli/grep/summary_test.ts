import assert from "node:assert/strict";
import type { SearchHost } from "../../protocol/mod.ts";
import type { Match } from "./results.ts";
import { summaryOf } from "./summary.ts";

const matchOn = (hostId: string): Match => ({
  type: "match",
  process: "P",
  processId: "p",
  file: "f",
  at: 0,
  text: "x",
  hostId,
});
const hostOf = (host: string, more: Partial<SearchHost>): SearchHost => ({
  type: "host",
  host,
  hostId: host,
  state: "done",
  ...more,
});
const END = { type: "end", matches: 2, scannedBytes: 1_500_000, files: 3 } as const;

Deno.test("it is told how much was found where, and how much was looked at", () => {
  const { hostId: _, ...own } = matchOn("");
  assert.deepEqual(summaryOf({ matches: [own, own], limit: 9, hosts: [], end: END }), [
    "2 matches in 1 file, 1.5 MB searched",
  ]);
  assert.deepEqual(summaryOf({ matches: [], limit: 9, hosts: [], end: END }), ["0 matches, 1.5 MB searched"]);
  const hosts = [hostOf("a", {}), hostOf("b", {})];
  const end = { ...END, hosts: 2, states: {} };
  assert.deepEqual(summaryOf({ matches: [matchOn("a")], limit: 9, hosts, end }), [
    "1 match on 1 of 2 hosts, 1.5 MB searched",
  ]);
});

Deno.test("hosts in trouble are named, and what is missing is said once", () => {
  const hosts = [
    hostOf("a", { incomplete: "unreadable", problems: ["x.xz cannot be searched"] }),
    ...Array.from({ length: 12 }, (_, index) => hostOf(`off-${index}`, { state: "offline", message: "away" })),
    hostOf("f", { state: "failed", message: "it was silent\nfor long" }),
    hostOf("t", { incomplete: "time" }),
    hostOf("l", { incomplete: "limit" }),
  ];
  const end = { ...END, hosts: 16, states: {}, incomplete: "limit" as const };
  assert.deepEqual(summaryOf({ matches: [matchOn("a")], limit: 9, hosts, end }).slice(1), [
    "offline: off-0, off-1, off-2, off-3, off-4, off-5, off-6, off-7, off-8, off-9 and 2 more",
    "failed: f: it was silent?for long",
    "a: x.xz cannot be searched",
    "not all was searched in the time allowed: see --timeout and --since",
    "there are more: only the newest 9 are shown; see --limit, --since and --until",
  ]);
  assert.match(summaryOf({ matches: [], limit: 9, hosts: [] }).at(-1) ?? "", /interrupted/);
});
