import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import * as fc from "fast-check";
import { AppError } from "../../../core/mod.ts";
import { cursorText, positionOf } from "./cursor.ts";
import { type Order, pageOf } from "./page.ts";

interface Item {
  readonly id: string;
  readonly key: string | number;
}

const items = fc.oneof(
  fc.uniqueArray(fc.record({ id: fc.string(), key: fc.string({ unit: "binary" }) }), { selector: ({ id }) => id }),
  fc.uniqueArray(fc.record({ id: fc.string(), key: fc.nat({ max: 5 }) }), { selector: ({ id }) => id }),
);

function orderOf(isReversed: boolean): Order<Item> {
  return { name: `test ${isReversed}`, isReversed, keyOf: ({ key }) => key, idOf: ({ id }) => id };
}

function sorted(all: readonly Item[], isReversed: boolean): Item[] {
  const inOrder = all.toSorted((a, b) => a.key < b.key ? -1 : a.key > b.key ? 1 : a.id < b.id ? -1 : 1);
  return isReversed ? inOrder.toReversed() : inOrder;
}

Deno.test("page after page gives every item once, in order, whatever the limit", () => {
  fc.assert(fc.property(items, fc.boolean(), fc.integer({ min: 1, max: 7 }), (all: Item[], isReversed, limit) => {
    const told: Item[] = [];
    let cursor: string | undefined;
    do {
      const page = pageOf(all, orderOf(isReversed), { limit: String(limit), cursor });
      assert.equal(page.total, all.length);
      assert.ok(page.items.length <= limit);
      told.push(...page.items);
      cursor = page.next;
    } while (cursor !== undefined && told.length <= all.length);
    assert.deepEqual(told, sorted(all, isReversed));
  }));
});

Deno.test("items that go and come meanwhile move no other item across the pages", () => {
  const many = fc.uniqueArray(fc.record({ id: fc.string(), key: fc.nat({ max: 9 }) }), { selector: ({ id }) => id });
  fc.assert(fc.property(many, fc.func(fc.boolean()), (all: Item[], stays) => {
    const order = orderOf(false);
    const first = pageOf(all, order, { limit: "3" });
    if (first.next === undefined) return;
    const left = all.filter((item) => stays(item.id));
    const rest = pageOf(left, order, { limit: "1000", cursor: first.next });
    const told = new Set(first.items);
    assert.deepEqual(rest.items, sorted(left.filter((item) => !told.has(item)), false));
  }));
});

Deno.test("a cursor is a position, and only of its own list", () => {
  fc.assert(fc.property(fc.oneof(fc.string(), fc.integer()), fc.string(), (key, id) => {
    assert.deepEqual(positionOf("hosts name", cursorText("hosts name", { key, id })), { key, id });
    assert.throws(() => positionOf("hosts -name", cursorText("hosts name", { key, id })), { code: "invalid_input" });
  }));
});

Deno.test("whatever comes as a cursor or a limit gives a page or says what is wrong", () => {
  const hostile = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.json().map((text) => btoa(encodeURIComponent(text))),
    fc.jsonValue().map((value) => Buffer.from(JSON.stringify(["test false", value, "x"])).toString("base64url")),
  );
  fc.assert(fc.property(items, hostile, fc.option(fc.string(), { nil: undefined }), (all: Item[], cursor, limit) => {
    try {
      const page = pageOf(all, orderOf(false), { cursor, limit });
      assert.ok(page.items.length <= all.length);
    } catch (error) {
      assert.ok(error instanceof AppError && error.code === "invalid_input", String(error));
    }
  }));
});

Deno.test("a limit is a number from 1 to 1000, and 100 when nobody says", () => {
  const all = Array.from({ length: 200 }, (_, at) => ({ id: String(at), key: at }));
  assert.equal(pageOf(all, orderOf(false), {}).items.length, 100);
  for (const limit of ["0", "1001", "-1", "1.5", "x", ""]) {
    assert.throws(() => pageOf(all, orderOf(false), { limit }), { code: "invalid_input" });
  }
});
