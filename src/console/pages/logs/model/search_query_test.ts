import assert from "node:assert/strict";
import fc from "fast-check";
import { addressOf, apiQueryOf, formOf, LIMITS, RANGE, rangeProblem, type SearchForm, SPANS } from "./search_query.ts";

const form: fc.Arbitrary<SearchForm> = fc.record({
  pattern: fc.string(),
  isRegex: fc.boolean(),
  isCaseSensitive: fc.boolean(),
  hosts: fc.string().map((text) => text.trim()),
  process: fc.string().map((text) => text.trim()),
  file: fc.string().map((text) => text.trim()),
  span: fc.constantFrom(...SPANS, RANGE),
  from: fc.constantFrom("", "2026-01-01T10:00"),
  to: fc.constantFrom("", "2026-01-02T10:00"),
  limit: fc.constantFrom(...LIMITS),
});

Deno.test("the address holds what was searched for", () => {
  fc.assert(fc.property(form, (given) => {
    const isRange = given.span === RANGE;
    const entries = Object.entries(addressOf(given)).filter(([, value]) => value !== "");
    const again = formOf(new URLSearchParams(entries));
    assert.deepEqual(again, { ...given, from: isRange ? given.from : "", to: isRange ? given.to : "" });
  }));
});

Deno.test("an address that makes no sense is one for the ordinary", () => {
  const found = formOf(new URLSearchParams("span=zzz&limit=7&regex=yes"));
  assert.deepEqual([found.span, found.limit, found.isRegex], ["24h", "1000", false]);
});

Deno.test("times of a range are looked at", () => {
  const range = (from: string, to: string) => rangeProblem({ ...formOf(new URLSearchParams()), span: RANGE, from, to });
  assert.equal(range("2026-01-01T10:00", "2026-01-01T09:00"), "order");
  assert.equal(range("soon", ""), "time");
  assert.equal(range("", "2026-01-01T09:00"), null);
});

Deno.test("the manager is asked for what the form says", () => {
  const given = { ...formOf(new URLSearchParams("pattern=x&hosts=env%3Dprod&span=1h")), isRegex: true };
  const { since, until, regex, ignoreCase, select } = apiQueryOf(given);
  assert.deepEqual([since, until, regex, ignoreCase, select], ["1h", undefined, "true", "true", "env=prod"]);
  const range = apiQueryOf({ ...given, span: RANGE, from: "2026-01-01T10:00", to: "" });
  assert.equal(range.since, new Date("2026-01-01T10:00").toISOString());
});
