import assert from "node:assert/strict";
import { AppError, type ErrorCode } from "../../src/core/mod.ts";
import { type Component, createLifecycle, type LifecycleOptions } from "../../src/lifecycle/mod.ts";
import { createLogger, type LogRecord } from "../../src/log/mod.ts";
import { FakeClock } from "./fake_clock.ts";

/** A lifecycle on a clock of its own, whose components and log write down what happens to them. */
export function lifecycleBench(options: Partial<LifecycleOptions> = {}) {
  const clock = new FakeClock();
  const calls: string[] = [];
  const records: LogRecord[] = [];
  const sink = { write: (record: LogRecord) => void records.push(record), close() {} };
  const logger = createLogger({ level: "debug", sinks: [sink], clock });
  const lifecycle = createLifecycle({ clock, logger, ...options });
  return {
    clock,
    lifecycle,
    /** `start a`, `stop a` and so on, in the order of the calls. */
    calls,
    /** Registers a component that does nothing but what is given. */
    add(name: string, dependsOn: string[] = [], behaviour: Partial<Component> = {}): void {
      const start = behaviour.start ?? (() => Promise.resolve());
      const stop = behaviour.stop ?? (() => Promise.resolve());
      lifecycle.register({
        ...behaviour,
        name,
        dependsOn,
        start: (signal) => (calls.push(`start ${name}`), start(signal)),
        stop: (signal) => (calls.push(`stop ${name}`), stop(signal)),
      });
    },
    states: () => Object.fromEntries(lifecycle.status().map(({ name, state }) => [name, state])),
    logged: () => records.map(({ level, msg, fields }) => `${level} ${msg} ${fields.name}`),
  };
}

export const never = () => new Promise<never>(() => {});

/** Rejects with the reason once the signal aborts, as a well-behaved start does. */
export function untilAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
}

/** The AppError that the work rejects with, whose code must be this one. */
export async function rejection(work: Promise<unknown>, code: ErrorCode): Promise<AppError> {
  const error = await work.then(() => undefined, (error) => error);
  assert.ok(error instanceof AppError, `expected an AppError, got ${error}`);
  assert.equal(error.code, code);
  return error;
}
