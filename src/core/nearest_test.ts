import assert from "node:assert/strict";
import fc from "fast-check";
import { nearest } from "./nearest.ts";

const KEYS = ["interval", "heartbeat_interval", "mount_points", "level", "listen", "tls", "id"];

const MEANT: readonly (readonly [typed: string, meant: string | undefined])[] = [
  ["interval", "interval"],
  ["intreval", "interval"],
  ["Interval", "interval"],
  ["intervall", "interval"],
  ["mountpoints", "mount_points"],
  ["heartbeatinterval", "heartbeat_interval"],
  ["lisen", "listen"],
  ["tsl", "tls"],
  ["di", "id"],
  ["xy", undefined],
  ["colour", undefined],
  ["", undefined],
];

for (const [typed, meant] of MEANT) {
  Deno.test(`nearest: "${typed}" means ${meant ?? "nothing"}`, () => assert.equal(nearest(typed, KEYS), meant));
}

Deno.test("nearest: a word that shares nothing with a candidate is never taken for it", () => {
  assert.equal(nearest("a", ["b"]), undefined);
  assert.equal(nearest("", ["b"]), undefined);
});

Deno.test("nearest: the closest wins, and of equals the first", () => {
  assert.equal(nearest("restart", ["restore", "restarts"]), "restarts");
  assert.equal(nearest("bat", ["cat", "hat"]), "cat");
});

Deno.test("nearest: one slip in a word of four letters or more is always found", () => {
  const word = fc.stringMatching(/^[a-z]{4,12}$/);
  fc.assert(fc.property(word, fc.nat(), fc.constantFrom("drop", "swap", "double", "replace"), (meant, seed, slip) => {
    const at = seed % (meant.length - 1);
    const [before, here, after] = [meant.slice(0, at), meant.slice(at, at + 1), meant.slice(at + 1)];
    const typed = {
      drop: before + after,
      swap: before + after.slice(0, 1) + here + after.slice(1),
      double: before + here + here + after,
      replace: `${before}_${after}`,
    }[slip];
    return nearest(typed, [meant]) === meant;
  }));
});

Deno.test("nearest: a huge word is answered at once", () => {
  assert.equal(nearest("x".repeat(50_000_000), KEYS), undefined);
});
