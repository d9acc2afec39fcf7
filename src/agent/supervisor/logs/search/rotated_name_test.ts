import assert from "node:assert/strict";
import * as fc from "fast-check";
import { rotatedKind } from "./rotated_name.ts";

Deno.test("older parts of a log are known by their names, and others are not taken for them", () => {
  const cases: readonly (readonly [name: string, kind: string | null])[] = [
    ["app.log", null],
    ["app.log.1", "plain"],
    ["app.log.12.gz", "gzip"],
    ["app.log.gz", "gzip"],
    ["app.log-20260131", "plain"],
    ["app.log-20260131.gz", "gzip"],
    ["app.log-20260131-1769860800.gz", "gzip"],
    ["app.log.2026-01-31", "plain"],
    ["app.log.2026-01-31.3.gz", "gzip"],
    ["app-2026-01-31.log", "plain"],
    ["app-2026-01-31T13-00-00.000.log.gz", "gzip"],
    ["app.1.log", "plain"],
    ["app.2026-01-31.1.log.gz", "gzip"],
    ["app.log.old", "plain"],
    ["app.log.3.xz", "unreadable"],
    ["app.log.3.zst", "unreadable"],
    ["app.log.bak", null],
    ["app.log.1.tmp", null],
    ["app-error.log", null],
    ["app.logs", null],
    ["application.log.1", null],
    ["other.log.1", null],
    ["app.log.", null],
  ];
  for (const [name, kind] of cases) assert.equal(rotatedKind("/var/log/app.log", name), kind, name);
  assert.equal(rotatedKind("/var/log/messages", "messages-20260131"), "plain");
  assert.equal(rotatedKind("/var/log/messages", "messages2"), null);
});

Deno.test("no name makes it fail", () => {
  fc.assert(fc.property(fc.string(), fc.string(), (log, name) => {
    rotatedKind(`/d/${log}`, name);
  }));
});
