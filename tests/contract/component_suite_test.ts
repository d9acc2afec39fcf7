import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { AppError } from "../../src/core/mod.ts";
import type { Component } from "../../src/lifecycle/mod.ts";
import { inPlainTempDir } from "../helpers/temp_dir.ts";
import { COMPONENT_CHECKS, componentContract, FAILURE_CHECKS } from "./component_suite.ts";

/** The smallest component: it has nothing to start. */
function idle(changes: Partial<Component> = {}): Component {
  return {
    name: "idle",
    start: (signal) => Promise.try(() => signal.throwIfAborted()),
    stop: () => Promise.resolve(),
    ...changes,
  };
}

/** A timer that goes on behind `start`, and a stop that takes a while. */
class Ticker implements Component {
  readonly name = "ticker";
  #timer: ReturnType<typeof setInterval> | undefined;
  #stopping: Promise<void> | undefined;

  start(signal: AbortSignal): Promise<void> {
    return Promise.try(() => {
      signal.throwIfAborted();
      this.#timer = setInterval(() => {}, 1_000);
    });
  }

  stop(): Promise<void> {
    this.#stopping ??= new Promise((resolve) => {
      clearInterval(this.#timer);
      setTimeout(resolve, 5);
    });
    return this.#stopping;
  }
}

/** A listening socket; its start fails where the port is taken. */
class Listener implements Component {
  readonly name = "tcp-listener";
  readonly dependsOn = ["idle"];
  readonly #port: number;
  #listener: Deno.TcpListener | undefined;

  constructor(port: number) {
    this.#port = port;
  }

  start(signal: AbortSignal): Promise<void> {
    return Promise.try(() => {
      signal.throwIfAborted();
      try {
        this.#listener = Deno.listen({ hostname: "127.0.0.1", port: this.#port });
      } catch (cause) {
        throw new AppError("conflict", `Cannot listen on port ${this.#port}: it is taken`, { cause });
      }
    });
  }

  stop(): Promise<void> {
    this.#listener?.close();
    this.#listener = undefined;
    return Promise.resolve();
  }

  validate(): Promise<void> {
    return Promise.resolve();
  }
}

componentContract("idle", () => Promise.resolve({ component: idle() }));
componentContract("ticker", () => Promise.resolve({ component: new Ticker() }));
componentContract("listener", () => Promise.resolve({ component: new Listener(0) }), {
  failing() {
    const taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    return Promise.resolve({ component: new Listener(taken.addr.port), dispose: () => taken.close() });
  },
});

const LIMIT_MS = 50;
const hang = () => new Promise<never>(() => {});
const refuse = () => Promise.reject(new Error("not again"));

/** `times` calls succeed, later ones are refused. */
function only(times: number): () => Promise<void> {
  return () => times-- > 0 ? Promise.resolve() : refuse();
}

/** Stops slowly, but a second call does not wait for that. */
function impatient(): Component["stop"] {
  let stopping = false;
  return () => {
    if (stopping) return Promise.resolve();
    stopping = true;
    return new Promise((resolve) => setTimeout(resolve, 20));
  };
}

const BROKEN: readonly (readonly [guarantee: string, how: string, component: () => Component])[] = [
  ["has a name and dependencies that a lifecycle accepts", "has a bad name", () => idle({ name: "Bad_Name" })],
  ["has a name and dependencies that a lifecycle accepts", "needs itself", () => idle({ dependsOn: ["idle"] })],
  ["stop is safe without start", "refuses to stop", () => idle({ stop: refuse })],
  ["stop is safe without start", "stops once only", () => idle({ stop: only(1) })],
  ["starts quickly, and stops", "starts for ever", () => idle({ start: hang })],
  ["starts quickly, and stops", "stops for ever", () => idle({ stop: hang })],
  ["stop is safe twice", "stops once only", () => idle({ stop: only(1) })],
  ["a second stop joins the first", "does not wait for the first", () => idle({ stop: impatient() })],
  ["a second stop joins the first", "stops once only", () => idle({ stop: only(1) })],
  ["start rejects when its signal is aborted already", "ignores it", () => idle({ start: () => Promise.resolve() })],
  ["start settles soon after its signal aborts", "ignores it", () => idle({ start: hang })],
  ["stop ends when its signal is aborted", "ignores it", () => idle({ stop: hang })],
  ["validate passes where start would, and has no effect", "always fails", () => idle({ validate: refuse })],
  ["validate passes where start would, and has no effect", "never ends", () => idle({ validate: hang })],
];

for (const [guarantee, how, component] of BROKEN) {
  Deno.test(`component suite: notices a component that ${how}: ${guarantee}`, async () => {
    const check = COMPONENT_CHECKS[guarantee];
    assert.ok(check !== undefined);
    await check(idle(), LIMIT_MS);
    await assert.rejects(check(component(), LIMIT_MS));
  });
}

Deno.test("component suite: every guarantee has a component that breaks it", () => {
  assert.deepEqual(Object.keys(COMPONENT_CHECKS).toSorted(), [...new Set(BROKEN.map(([each]) => each))].toSorted());
});

const FAILING = () => Promise.reject(new AppError("conflict", "taken"));
for (const [guarantee, check] of Object.entries(FAILURE_CHECKS)) {
  Deno.test(`component suite: notices what breaks: ${guarantee}`, async () => {
    await check(idle({ start: FAILING }), LIMIT_MS);
    await assert.rejects(check(idle(), LIMIT_MS), /meant to fail/);
    await assert.rejects(check(idle({ start: refuse }), LIMIT_MS), /no AppError/);
    await assert.rejects(check(idle({ start: FAILING, stop: refuse }), LIMIT_MS), /not again/);
  });
}

/** Leaks are seen by the sanitizers alone, and so only in a test run of their own. */
Deno.test("component suite: notices a component that leaves a timer or a socket behind", () =>
  inPlainTempDir(async (dir) => {
    const root = new URL("../../", import.meta.url);
    const path = join(dir, "leaks_test.ts");
    await Deno.writeTextFile(
      path,
      `
      import { componentContract } from "${new URL("tests/contract/component_suite.ts", root)}";
      const make = (name: string, leak: () => void) => {
        const start = (signal: AbortSignal) => Promise.try(() => (signal.throwIfAborted(), leak()));
        componentContract(name, () => Promise.resolve({ component: { name, start, stop: () => Promise.resolve() } }));
      };
      make("timer", () => void setTimeout(() => {}, 60_000));
      make("socket", () => void Deno.listen({ hostname: "127.0.0.1", port: 0 }));`,
    );
    const output = await new Deno.Command(Deno.execPath(), {
      args: ["test", "-A", "--no-check", "--config", fileURLToPath(new URL("deno.json", root)), path],
      env: { NO_COLOR: "1" },
    }).output();
    const text = new TextDecoder().decode(output.stdout);
    assert.equal(output.success, false, text);
    assert.match(text, /component timer: starts quickly, and stops \.\.\. FAILED/);
    assert.match(text, /component socket: starts quickly, and stops \.\.\. FAILED/);
    assert.match(text, /component timer: stop is safe without start \.\.\. ok/);
  }));
