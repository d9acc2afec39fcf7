import assert from "node:assert/strict";
import fc from "fast-check";
import { AppError } from "../../src/core/mod.ts";
import { openStore, type Store } from "../../src/manager/store/mod.ts";
import { FakeClock } from "../helpers/fake_clock.ts";
import { memoryStore } from "../helpers/memory_store.ts";
import { recordingLog } from "../helpers/recording_log.ts";
import { inTempDir } from "../helpers/temp_dir.ts";
import { storeContract } from "./store_suite.ts";
import { anyOperation, everything, type Operation } from "./store_suite/any_operation.ts";

const { log } = recordingLog();

storeContract("memory store", (use, clock) => use(memoryStore({ clock })));

storeContract("SQLite store", (use, clock) =>
  inTempDir(async (dir) => {
    const store = openStore({ path: `${dir}/manager.db`, clock, log });
    try {
      await use(store);
    } finally {
      await store.close();
    }
  }));

/** What a store makes of an operation. Its words are its own, and where two things are taken, which of them it names. */
async function outcomeOf(operation: Operation, store: Store): Promise<unknown> {
  try {
    return { answer: await operation.run(store) };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { code: error.code };
  }
}

Deno.test("SQLite store: any sequence of operations has the outcomes that it has in memory, also by another manager", () =>
  inTempDir(async (dir) => {
    let count = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(anyOperation, { maxLength: 40, size: "max" }), async (operations) => {
        const clock = new FakeClock();
        const path = `${dir}/${++count}.db`;
        const memory = memoryStore({ clock });
        let store = openStore({ path, clock, log });
        try {
          for (const operation of operations) {
            const outcomes = [await outcomeOf(operation, store), await outcomeOf(operation, memory)];
            assert.deepEqual(outcomes[0], outcomes[1], operation.text);
          }
          assert.deepEqual(await everything(store), await everything(memory));
          await store.close();
          store = openStore({ path, clock, log });
          assert.deepEqual(await everything(store), await everything(memory));
        } finally {
          await store.close();
        }
      }),
      { numRuns: 60 },
    );
  }));

Deno.test("SQLite store: what is asked for all at once has the outcomes that it has one by one", () =>
  inTempDir(async (dir) => {
    let count = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(anyOperation, { maxLength: 40, size: "max" }), async (operations) => {
        const clock = new FakeClock();
        const memory = memoryStore({ clock });
        const store = openStore({ path: `${dir}/${++count}.db`, clock, log });
        try {
          // Reading tells what there is now, and forgetting by parts is no single step: both are of the other test.
          const steps = operations.filter(({ text }) => !/^(list|walk|count|batch|host by|session by|trim)/.test(text));
          const asked = await Promise.all(steps.map((operation) => outcomeOf(operation, store)));
          for (const [at, operation] of steps.entries()) {
            assert.deepEqual(asked[at], await outcomeOf(operation, memory), operation.text);
          }
          assert.deepEqual(await everything(store), await everything(memory));
        } finally {
          await store.close();
        }
      }),
      { numRuns: 40 },
    );
  }));
