import assert from "node:assert/strict";
import fc from "fast-check";
import { AppError, ByteSize, Duration, Secret } from "../core/mod.ts";
import { jsonFormat } from "./formats.ts";
import { FIELD_LIMIT_BYTES, type PlainFields, plainFields } from "./plain.ts";

const LIMIT_BYTES = 40 * 1024;
const plain = (fields: Record<string, unknown>, stacks = false) =>
  plainFields(fields, { limitBytes: LIMIT_BYTES, stacks });
const only = (value: unknown, stacks = false) => plain({ value }, stacks).value;
const encoder = new TextEncoder();

/** The bytes that fields take in a line, without what the line has anyway. */
function lineBytes(fields: PlainFields): number {
  return encoder.encode(jsonFormat({ tsMs: 0, level: "info", msg: "", fields })).length;
}

Deno.test("plain: data stays as it is", () => {
  const data = { text: "a", number: 1.5, yes: true, nothing: null, list: [1, "b", [false]], map: { deep: { er: 1 } } };
  assert.deepEqual(plain(data), data);
});

Deno.test("plain: types that print themselves do so, others are named", () => {
  assert.equal(only(new Duration(90_000)), "1m30s");
  assert.equal(only(new ByteSize(1_024)), "1KiB");
  assert.equal(only(new Date(0)), "1970-01-01T00:00:00.000Z");
  assert.equal(only(new Date(NaN)), null);
  assert.equal(only(10n), "10");
  assert.equal(only(NaN), "NaN");
  assert.equal(only(Symbol("s")), "Symbol(s)");
  assert.equal(only(() => 1), "[function]");
  assert.equal(only(new Uint8Array(7)), "[7 bytes]");
  assert.deepEqual(only(new Map([["a", 1]])), { a: 1 });
  assert.deepEqual(only(new Set([1, 2])), [1, 2]);
  assert.deepEqual(only([undefined]), [null]);
  assert.deepEqual(plain({ gone: undefined }), {});
});

Deno.test("plain: secrets are redacted by type and by key, at any depth", () => {
  const error = new AppError("unauthorized", "Cannot", { details: { token: "hunter2" } });
  const printed = JSON.stringify(plain({
    harmless: new Secret("hunter2"),
    password: "hunter2",
    deep: [{ headers: new Map([["Set-Cookie", "hunter2"]]) }],
    secrets: ["hunter2", { inside: "hunter2" }],
    error,
  }));
  assert.ok(!printed.includes("hunter2"), printed);
  assert.deepEqual(plain({ token: undefined, has_token: true, password: null }), { has_token: true, password: null });
});

Deno.test("plain: an AppError gives message, code, details and causes, its stack only when wanted", () => {
  const cause = new TypeError("bad", { cause: "root" });
  const error = new AppError("conflict", "Cannot listen", { details: { port: 1 }, cause });
  const short = only(error) as PlainFields;
  assert.deepEqual(Object.keys(short), ["message", "code", "details", "cause"]);
  assert.deepEqual([short.message, short.code, short.details], ["Cannot listen", "conflict", { port: 1 }]);
  const inner = short.cause as PlainFields;
  assert.deepEqual([inner.message, inner.name, inner.cause], ["bad", "TypeError", "root"]);
  assert.match(String(inner.stack), /plain_test/, "an error that nobody foresaw shows where it came from");
  assert.match(String((only(error, true) as PlainFields).stack), /plain_test/);
});

Deno.test("plain: codes of foreign errors and the members of an AggregateError are kept", () => {
  const foreign = Object.assign(new Error("refused"), { code: "ECONNREFUSED" });
  const both = only(new AggregateError([foreign, new Error("b")], "all failed")) as { errors: PlainFields[] };
  assert.equal(both.errors[0]?.code, "ECONNREFUSED");
  assert.equal(both.errors[1]?.message, "b");
});

Deno.test("plain: cycles, throwing getters and refusing proxies do not throw", () => {
  const cyclic: Record<string, unknown> = { list: [] };
  cyclic.self = cyclic;
  cyclic.list = [cyclic];
  assert.deepEqual(only(cyclic), { list: ["[circular]"], self: "[circular]" });
  const error = new Error("a");
  error.cause = error;
  assert.equal((only(error) as PlainFields).cause, "[circular]");

  const throwing = Object.defineProperty({}, "boom", {
    enumerable: true,
    get() {
      throw new Error("no");
    },
  });
  assert.deepEqual(only(throwing), { boom: "[unreadable: no]" });
  assert.deepEqual(plain(throwing), { boom: "[unreadable: no]" });

  const refuse = () => {
    throw new Error("refused");
  };
  const proxy = new Proxy({}, { ownKeys: refuse, get: refuse, has: refuse, getPrototypeOf: refuse });
  assert.match(String(only(proxy)), /^\[unreadable: /);
  assert.deepEqual(plain(proxy), {});
  const hostile = { toJSON: () => ({ toJSON: refuse }) };
  assert.equal(only(hostile), "[unreadable: refused]");
});

Deno.test("plain: the same object twice side by side is no cycle", () => {
  const shared = { a: 1 };
  assert.deepEqual(plain({ one: shared, two: [shared, shared] }), { one: shared, two: [shared, shared] });
});

Deno.test("plain: depth, items and text are capped, and what is missing is said", () => {
  let deep: unknown = "bottom";
  for (let level = 0; level < 50; level++) deep = { deep };
  assert.match(JSON.stringify(only(deep)), /"\[object\]"/);
  const list = only(Array.from({ length: 1_000 }, (_, index) => index)) as unknown[];
  assert.equal(list.at(-1), "[900 more]");
  const wide = Object.fromEntries(Array.from({ length: 1_000 }, (_, index) => [`k${index}`, index]));
  assert.equal((only(wide) as PlainFields)["…"], "[900 more]");
  const long = String(only("x".repeat(1_000_000)));
  assert.match(long, /x…\[\d+ more\]$/);
  assert.ok(long.length > 7_000 && long.length <= FIELD_LIMIT_BYTES);
  assert.ok(!/[\ud800-\udbff]…/.test(String(only("😀".repeat(100_000)))), "no character is cut in half");
});

Deno.test("plain: many large fields stay within the record's limit and the rest is counted", () => {
  const fields = Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`k${index}`, "\u0007".repeat(9_000)]));
  const result = plain(fields);
  assert.ok(lineBytes(result) <= LIMIT_BYTES, `${lineBytes(result)}`);
  assert.ok(Number(result.fieldsLeftOut) > 40);
});

Deno.test("plain: a key such as __proto__ is only a key", () => {
  const result = plain(JSON.parse('{"__proto__": {"polluted": 1}, "constructor": 2}'));
  assert.equal(JSON.stringify(result), '{"__proto__":{"polluted":1},"constructor":2}');
  assert.equal(Object.getPrototypeOf(result), Object.prototype);
});

Deno.test("plain: nothing throws, and no field takes more than its limit", () => {
  const text = fc.oneof(fc.string({ unit: "binary", maxLength: 3_000 }), fc.string({ maxLength: 20_000 }));
  const value = fc.oneof(text, fc.anything({ withBigInt: true, withDate: true, withMap: true, withSet: true }));
  const items = fc.oneof(value, fc.array(text, { maxLength: 150 }), fc.dictionary(text, value, { maxKeys: 150 }));
  fc.assert(
    fc.property(items, (hostile) => {
      const bytes = lineBytes(plain({ hostile }));
      assert.ok(bytes <= FIELD_LIMIT_BYTES + lineBytes({}), `${bytes}`);
    }),
    { numRuns: 300 },
  );
});
