import assert from "node:assert/strict";
import fc from "fast-check";
import { ApiProblem, PROBLEM_CODES } from "../../kit/api.ts";
import { fieldProblems } from "./field_problems.ts";

const problem = (details: unknown, code: number = PROBLEM_CODES.invalidInput) =>
  new ApiProblem("Cannot accept the request", { code, status: 400, details });
const told = (error: unknown) => Object.fromEntries(fieldProblems(error));

Deno.test("what is said of a field of the body, or of a setting, stands at that field", () => {
  const details = { problems: [{ path: "body.name", message: "too long" }, { key: "a.b", message: "no number" }] };
  assert.deepEqual(told(problem(details)), { name: "too long", "a.b": "no number" });
  assert.deepEqual(told(problem({ field: "name" }, PROBLEM_CODES.conflict)), { name: "Cannot accept the request" });
});

Deno.test("what is said of no field, or is no answer of the manager, stands at none", () => {
  assert.deepEqual(told(problem({ problems: [{ path: "body", message: "missing" }] })), {});
  assert.deepEqual(told(new Error("no network")), {});
  fc.assert(fc.property(fc.jsonValue(), (details) => {
    told(problem(details));
    told(problem({ problems: details }));
    told(problem({ problems: [details] }, PROBLEM_CODES.conflict));
  }));
});
