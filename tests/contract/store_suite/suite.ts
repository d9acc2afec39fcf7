import assert from "node:assert/strict";
import { AppError, type ErrorCode } from "../../../src/core/mod.ts";
import type { Store } from "../../../src/manager/store/contract.ts";
import type { FakeClock } from "../../helpers/fake_clock.ts";

/** What holds for a store that has nothing in it yet, by the sentence that says so. */
export type StoreTests = Readonly<Record<string, (store: Store, clock: FakeClock) => Promise<void>>>;

/** Texts that have broken databases before: of quoting, of C, of Unicode, of size. */
export const HOSTILE_TEXTS = [
  "",
  "' OR 1=1; DROP TABLE hosts; --",
  '"; \\ % _ ? $1 :name [x]',
  "a\0b",
  "\0",
  "\u0001",
  '\u0001"x"',
  "\ufeffbom",
  "line\nline\r\n\ttab",
  "😀 \u{10ffff} e\u0301 \u202e",
  "\ud800 alone \udc00",
  "x".repeat(300_000),
  "null",
  "1e3",
  "__proto__",
] as const;

export async function rejectsWith(
  promise: Promise<unknown>,
  code: ErrorCode,
  details: Readonly<Record<string, unknown>> = {},
): Promise<void> {
  const error = await promise.then(() => assert.fail(`should be ${code}`), (reason) => reason);
  assert.ok(error instanceof AppError, String(error));
  assert.equal(error.code, code, error.message);
  assert.deepEqual({ ...Object(error.details), ...details }, { ...Object(error.details) });
}

export const idsOf = (records: readonly { readonly id: string }[]): string[] => records.map(({ id }) => id);
