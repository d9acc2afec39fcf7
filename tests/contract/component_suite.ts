/**
 * The guarantees of src/lifecycle/component.ts as checks, and as tests for a component:
 *
 *     componentContract("control-http", () => Promise.resolve({ component: makeIt() }));
 *
 * Every check gets a fresh component. That nothing is left behind after `stop` is proved by the sanitizers of
 * Deno.test, which the suite turns on.
 */
import assert from "node:assert/strict";
import { AppError, Duration, systemClock } from "../../src/core/mod.ts";
import { type Component, createLifecycle } from "../../src/lifecycle/mod.ts";

export interface Subject {
  readonly component: Component;
  /** Removes what was made for the component: directories, the servers that it talks to. Runs in any case. */
  readonly dispose?: () => Promise<void> | void;
}

export type MakeSubject = () => Promise<Subject>;

export interface ContractOptions {
  /** Makes a component whose start fails, such as one whose port is taken. */
  readonly failing?: MakeSubject;
  /** Longer than anything takes that is said to be quick. Default 5 s. */
  readonly limitMs?: number;
}

type Check = (component: Component, limitMs: number) => Promise<void>;

/** Each rejects when the component breaks the guarantee that names it; all leave the component stopped. */
export const COMPONENT_CHECKS: Readonly<Record<string, Check>> = {
  "has a name and dependencies that a lifecycle accepts": async ({ name, dependsOn = [] }) => {
    const lifecycle = createLifecycle({ clock: systemClock });
    const nothing = () => Promise.resolve();
    for (const each of new Set([name, ...dependsOn])) lifecycle.register({ name: each, start: nothing, stop: nothing });
    assert.ok(!dependsOn.includes(name), "it depends on itself");
    await lifecycle.stop();
  },

  "stop is safe without start": async (component, limitMs) => {
    await stop(component, limitMs);
    await stop(component, limitMs);
  },

  "starts quickly, and stops": async (component, limitMs) => {
    await start(component, limitMs);
    await stop(component, limitMs);
  },

  "stop is safe twice": async (component, limitMs) => {
    await start(component, limitMs);
    await stop(component, limitMs);
    await stop(component, limitMs);
  },

  "a second stop joins the first": async (component, limitMs) => {
    await start(component, limitMs);
    let firstEnded = false;
    const first = stop(component, limitMs).finally(() => firstEnded = true);
    const second = stop(component, limitMs);
    // Chains of promises may lie between the two ends, real work may not: a turn of the event loop settles the former.
    const ahead = second.then(turn).then(() => assert.ok(firstEnded, "the second stop ended while the first went on"));
    await Promise.all([first, ahead]);
  },

  "start rejects when its signal is aborted already": async (component, limitMs) => {
    const given = new Error("told to give up");
    const outcome = await settled(component.start(AbortSignal.abort(given)), limitMs, "start with an aborted signal");
    await stop(component, limitMs);
    assert.equal(outcome, "rejected", "start did its work although its signal was aborted");
  },

  "start settles soon after its signal aborts": async (component, limitMs) => {
    const controller = new AbortController();
    const starting = settled(component.start(controller.signal), limitMs, "start after its signal was aborted");
    controller.abort(new Error("told to give up"));
    await starting;
    await stop(component, limitMs);
  },

  "stop ends when its signal is aborted": async (component, limitMs) => {
    await start(component, limitMs);
    const roughly = component.stop(AbortSignal.abort(new Error("time is up")));
    await settled(roughly, limitMs, "stop with an aborted signal");
    await stop(component, limitMs);
  },

  "validate passes where start would, and has no effect": async (component, limitMs) => {
    await within(Promise.resolve(component.validate?.(never())), limitMs, "validate");
    await start(component, limitMs);
    await stop(component, limitMs);
    if (component.validate === undefined) return;
    await settled(
      component.validate(AbortSignal.abort(new Error("given up"))),
      limitMs,
      "validate with an aborted signal",
    );
  },
};

/** Of a component whose start fails. */
export const FAILURE_CHECKS: Readonly<Record<string, Check>> = {
  "a failed start rejects with an AppError, and stop is safe after it": async (component, limitMs) => {
    const error = await within(component.start(never()), limitMs, "start").then(() => undefined, (error) => error);
    await stop(component, limitMs);
    await stop(component, limitMs);
    assert.ok(error !== undefined, "start succeeded, but was meant to fail");
    assert.ok(error instanceof AppError, `start rejected with ${error}, which is no AppError`);
  },
};

/** Registers a test for each guarantee. */
export function componentContract(name: string, make: MakeSubject, options: ContractOptions = {}): void {
  register(name, COMPONENT_CHECKS, make, options);
  if (options.failing !== undefined) register(name, FAILURE_CHECKS, options.failing, options);
}

function register(
  name: string,
  checks: Readonly<Record<string, Check>>,
  make: MakeSubject,
  { limitMs = 5_000 }: ContractOptions,
): void {
  for (const [guarantee, check] of Object.entries(checks)) {
    Deno.test({
      name: `component ${name}: ${guarantee}`,
      sanitizeOps: true,
      sanitizeResources: true,
      async fn() {
        const { component, dispose } = await make();
        try {
          await check(component, limitMs);
        } finally {
          await dispose?.();
        }
      },
    });
  }
}

const start = (component: Component, limitMs: number) => within(component.start(never()), limitMs, "start");
const stop = (component: Component, limitMs: number) => within(component.stop(never()), limitMs, "stop");

/** A signal that does not abort. */
function never(): AbortSignal {
  return new AbortController().signal;
}

/** How the work ended; rejects when it has not within the limit. */
async function settled(work: Promise<void>, limitMs: number, what: string): Promise<"resolved" | "rejected"> {
  const outcome = work.then(() => "resolved" as const, () => "rejected" as const);
  return await within(outcome, limitMs, what);
}

async function within<T>(work: Promise<T>, limitMs: number, what: string): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    const expire = () => reject(new assert.AssertionError({ message: `${what} took over ${new Duration(limitMs)}` }));
    timer = setTimeout(expire, limitMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

function turn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}
