import assert from "node:assert/strict";
import { AppError } from "../core/mod.ts";
import { fileError } from "./file_error.ts";

Deno.test("a failed file operation says what, why and what to do", () => {
  const missing = fileError("write", "/a/b", new Deno.errors.NotFound("No such file"));
  assert.equal(missing.code, "not_found");
  assert.equal(missing.message, "Cannot write /a/b: No such file; does its directory exist?");
  assert.equal(fileError("read", "/a", new Deno.errors.PermissionDenied("no")).code, "forbidden");
  assert.equal(fileError("read", "/a", Object.assign(new Error("x"), { code: "EACCES" })).code, "forbidden");
  assert.equal(fileError("read", "/a", Object.assign(new Error("x"), { code: "ENOENT" })).code, "not_found");
  assert.equal(fileError("read", "/a", new Error("disk on fire")).message, "Cannot read /a: disk on fire");
});

Deno.test("an AppError passes through", () => {
  const error = new AppError("unsupported", "no");
  assert.equal(fileError("read", "/a", error), error);
});
