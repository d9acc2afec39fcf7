import assert from "node:assert/strict";
import { lifecycleBench, never, rejection } from "../../tests/helpers/lifecycle_bench.ts";
import { AppError } from "../core/mod.ts";

const { signal } = new AbortController();

Deno.test("validate: tells everything that is wrong, and starts nothing", async () => {
  const { lifecycle, add, calls } = lifecycleBench();
  const taken = () => Promise.reject(new AppError("conflict", "port 1 is taken"));
  add("a", ["b", "ghost"]);
  add("b", ["a"]);
  add("web", [], { validate: taken });
  add("fine", [], { validate: () => Promise.resolve() });
  const error = await rejection(lifecycle.validate(signal), "invalid_input");
  assert.equal(
    error.message,
    'Cannot start, 3 problems: a: depends on "ghost", which does not exist; ' +
      "dependencies: Cannot order components: they depend on each other: a -> b -> a; web: port 1 is taken",
  );
  assert.equal(Object(error.details).problems.length, 3);
  assert.deepEqual(calls, []);
});

Deno.test("validate: passes where nothing is wrong; a lone problem keeps its code", async () => {
  const fine = lifecycleBench();
  fine.add("a", [], { validate: () => Promise.resolve() });
  await fine.lifecycle.validate(signal);
  await fine.lifecycle.start(signal);
  await fine.lifecycle.stop();

  const { lifecycle, add } = lifecycleBench();
  add("web", [], { validate: () => Promise.reject(new AppError("forbidden", "not your port")) });
  const error = await rejection(lifecycle.validate(signal), "forbidden");
  assert.equal(error.message, "Cannot start, one problem: web: not your port");
});

Deno.test("validate: ends with its signal, whatever a component does", async () => {
  const { lifecycle, add } = lifecycleBench();
  add("deaf", [], { validate: never });
  const controller = new AbortController();
  const validated = lifecycle.validate(controller.signal);
  controller.abort(new Error("enough"));
  await assert.rejects(validated, { message: "enough" });
});
