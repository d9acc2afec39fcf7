import assert from "node:assert/strict";
import fc from "fast-check";
import { FirstNames } from "./first_names.ts";

Deno.test("page by page all names come, each once and in order, in whatever order the folder has them", () => {
  fc.assert(fc.property(fc.uniqueArray(fc.string()), fc.integer({ min: 1, max: 7 }), (names, limit) => {
    const found: string[] = [];
    for (let after: string | null = null, hasMore = true; hasMore;) {
      const page: FirstNames = new FirstNames(after, limit);
      for (const name of names) page.add({ name, kind: null });
      found.push(...page.entries.map(({ name }) => name));
      assert.ok(page.entries.length <= limit);
      [after, hasMore] = [page.entries.at(-1)?.name ?? null, page.hasMore];
    }
    assert.deepEqual(found, names.toSorted((a, b) => a < b ? -1 : 1));
  }));
});
