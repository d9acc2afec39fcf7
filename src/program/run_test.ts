import assert from "node:assert/strict";
import { join } from "node:path";
import { inTempDir } from "../../tests/helpers/temp_dir.ts";
import { AppError } from "../core/mod.ts";
import type { Loaded } from "../config/mod.ts";
import { type Program, type ProgramParts, runProgram } from "./run.ts";
import { MANAGER } from "./words.ts";

interface ToyConfig {
  readonly dir: string;
}

const STOPPED = { stuck: [], failed: [], durationMs: 1 };

/** A program that is nothing but its life. */
function toy(parts: (beginStop: (reason: string, timeoutMs?: number) => void) => Partial<ProgramParts>) {
  const program: Program<ToyConfig> = {
    words: MANAGER,
    placeOf: ({ dir }) => ({
      dir,
      log: { level: "info", file: join(dir, "toy.log"), maxBytes: 1e6, keep: 1, rateLimit: null },
    }),
    compose: ({ beginStop }) => ({
      start: () => Promise.resolve(),
      stop: () => Promise.resolve(STOPPED),
      reload: () => Promise.resolve(),
      stopTimeoutMs: () => 5_000,
      readyFields: () => ({ url: "https://toy" }),
      ...parts((reason, timeoutMs) => beginStop(reason, timeoutMs)),
    }),
  };
  return program;
}

function run(program: Program<ToyConfig>, dir: string): Promise<number> {
  const loaded: Loaded<ToyConfig> = {
    config: { dir },
    file: null,
    legacy: false,
    origins: new Map(),
    warnings: ["odd"],
  };
  return runProgram(program, { load: () => Promise.resolve(loaded), print: "nothing", colour: false });
}

async function messages(dir: string): Promise<unknown[]> {
  const text = await Deno.readTextFile(join(dir, "toy.log"));
  return text.trim().split("\n").map((line) => JSON.parse(line).msg);
}

Deno.test("a program runs from its start to its stop, and its log calls it by its name", () =>
  inTempDir(async (dir) => {
    const limits: number[] = [];
    const program = toy((beginStop) => ({
      start: () => Promise.resolve().then(() => setTimeout(() => beginStop("enough"), 0)).then(() => {}),
      stop({ timeoutMs }) {
        limits.push(timeoutMs);
        return Promise.resolve(STOPPED);
      },
    }));
    assert.equal(await run(program, dir), 0);
    assert.deepEqual(limits, [5_000]);
    assert.deepEqual(await messages(dir), [
      "manager starting",
      "config warning",
      "manager ready",
      "manager stopping",
      "manager stopped",
    ]);
  }));

Deno.test("asked again to stop, it can only be hurried; what is stuck shows in the exit code", () =>
  inTempDir(async (dir) => {
    const limits: number[] = [];
    const done = Promise.withResolvers<typeof STOPPED>();
    const program = toy((beginStop) => ({
      start() {
        beginStop("first");
        beginStop("again", 10);
        done.resolve({ ...STOPPED, stuck: ["hub"] as never });
        return Promise.reject(new AppError("cancelled", "told to stop"));
      },
      stop({ timeoutMs }) {
        limits.push(timeoutMs);
        return done.promise;
      },
    }));
    assert.equal(await run(program, dir), 5);
    assert.deepEqual(limits, [5_000, 10]);
  }));

Deno.test("a program that cannot start throws why, and has logged it", () =>
  inTempDir(async (dir) => {
    const program = toy(() => ({ start: () => Promise.reject(new AppError("conflict", "port taken")) }));
    await assert.rejects(run(program, dir), { code: "conflict", message: "port taken" });
    assert.equal((await messages(dir)).at(-1), "manager failed");
  }));
