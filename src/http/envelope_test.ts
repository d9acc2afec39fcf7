import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { AppError, type ErrorCode, ERRORS } from "../core/mod.ts";
import { codeOfNumber, envelopeOf, errorEnvelope } from "./envelope.ts";

Deno.test("data is enveloped; nothing at all becomes null, for JSON has no undefined", () => {
  deepStrictEqual(envelopeOf({ a: 1 }), { code: 0, msg: "ok", data: { a: 1 } });
  deepStrictEqual(envelopeOf(undefined), { code: 0, msg: "ok", data: null });
  deepStrictEqual(envelopeOf(false), { code: 0, msg: "ok", data: false });
});

Deno.test("an error's number leads back to its code, for every code", () => {
  for (const code of Object.keys(ERRORS)) {
    const { code: number, msg, data } = errorEnvelope(new AppError(code as ErrorCode, "why", { details: [1] }));
    strictEqual(codeOfNumber(number), code);
    deepStrictEqual([msg, data], ["why", [1]]);
  }
});

Deno.test("a number that this version does not know reads as internal", () => {
  for (const number of [1, -1, 99_999, 0.5, NaN]) strictEqual(codeOfNumber(number), "internal");
});
