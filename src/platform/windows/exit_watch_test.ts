import assert from "node:assert/strict";
import { AppError } from "../../core/mod.ts";
import { ExitWatch, type WaitCalls } from "./exit_watch.ts";
import type { Handle } from "./ffi/kernel32_waits.ts";

const WAKE = 1n;

/** Handles that count as Windows' do: what is closed cannot be waited for, and what is waited for not closed. */
class FakeWaits implements WaitCalls {
  readonly codes = new Map<Handle, number>();
  readonly open = new Set<Handle>();
  readonly waits: { readonly handles: readonly Handle[]; readonly timeoutMs: number | null }[] = [];
  refuses = false;
  #signalled = false;
  #return: (() => void) | null = null;
  #waited: readonly Handle[] = [];

  process(handle: Handle): Handle {
    this.open.add(handle);
    return handle;
  }

  createEvent(): Handle {
    assert.ok(!this.open.has(WAKE));
    this.open.add(WAKE);
    return WAKE;
  }

  closeHandle(handle: Handle): void {
    assert.ok(!this.#waited.includes(handle), `${handle} is closed while it is waited for`);
    assert.ok(this.open.delete(handle), `${handle} is closed twice`);
  }

  exitCode(handle: Handle): number {
    assert.ok(this.open.has(handle));
    const code = this.codes.get(handle) ?? NaN;
    if (code < 0) throw new AppError("internal", "Cannot read it");
    return code;
  }

  hasEnded(handles: readonly Handle[]): boolean {
    assert.ok(handles.length <= 64 && handles.every((handle) => this.open.has(handle)));
    return handles.some((handle) => this.codes.has(handle));
  }

  signalEvent(): void {
    this.#signalled = true;
    this.#return?.();
  }

  end(handle: Handle, code: number): void {
    this.codes.set(handle, code);
    if (this.#waited.includes(handle)) this.#return?.();
  }

  /** As the time limit of a wait does. */
  pass(): void {
    this.#return?.();
  }

  async waitForAny(handles: readonly Handle[], timeoutMs: number | null): Promise<boolean> {
    assert.ok(handles.length <= 64 && handles.every((handle) => this.open.has(handle)));
    this.waits.push({ handles, timeoutMs });
    this.#waited = handles;
    const ready = this.refuses || (this.#signalled && handles.includes(WAKE)) || this.hasEnded(handles.slice(1));
    if (!ready) await new Promise<void>((resolve) => this.#return = resolve);
    this.#signalled = false;
    this.#return = null;
    this.#waited = [];
    return !this.refuses;
  }
}

/** All that was made ready has happened after this. */
function settled(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}

Deno.test("each end is told once with its code, and then nothing is left open", async () => {
  const calls = new FakeWaits();
  const watch = new ExitWatch(calls);
  const told: unknown[] = [];
  watch.add(calls.process(10n), (exit) => told.push(["ten", exit]));
  watch.add(calls.process(11n), (exit) => told.push(["eleven", exit]));
  await settled();
  assert.equal(calls.waits.at(-1)?.timeoutMs, null);
  calls.end(11n, 3);
  await settled();
  assert.deepEqual(told, [["eleven", { code: 3 }]]);
  calls.end(10n, -1);
  await settled();
  assert.deepEqual(told.slice(1), [["ten", {}]], "an unknown code is no code");
  assert.equal(calls.open.size, 0);
});

Deno.test("a process that nobody wants to know of is closed, but not while it is waited for", async () => {
  const calls = new FakeWaits();
  const watch = new ExitWatch(calls);
  const told: string[] = [];
  watch.add(calls.process(10n), () => told.push("ten"));
  watch.add(calls.process(11n), () => told.push("eleven"));
  await settled();
  watch.remove(10n);
  watch.remove(10n);
  assert.ok(calls.open.has(10n));
  await settled();
  assert.deepEqual([...calls.open], [WAKE, 11n]);
  calls.end(11n, 0);
  await settled();
  assert.deepEqual([told, calls.open.size], [["eleven"], 0]);
});

Deno.test("one who is told of an end may take back what he has asked for another", async () => {
  const calls = new FakeWaits();
  const watch = new ExitWatch(calls);
  const told: string[] = [];
  watch.add(calls.process(10n), () => {
    told.push("ten");
    watch.remove(11n);
  });
  watch.add(calls.process(11n), () => told.push("eleven"));
  calls.codes.set(10n, 0).set(11n, 0);
  await settled();
  assert.deepEqual(told, ["ten"]);
  assert.equal(calls.open.size, 0);
});

Deno.test("close lets go of everything, and the watch can be used again", async () => {
  const calls = new FakeWaits();
  const watch = new ExitWatch(calls);
  for (let handle = 10n; handle < 100n; handle++) watch.add(calls.process(handle), () => assert.fail("told"));
  await settled();
  watch.close();
  watch.close();
  await settled();
  assert.equal(calls.open.size, 0);
  const told: unknown[] = [];
  watch.add(calls.process(10n), (exit) => told.push(exit));
  calls.end(10n, 5);
  await settled();
  assert.deepEqual([told, calls.open.size], [[{ code: 5 }], 0]);
});

Deno.test("more than one wait can take are looked at now and then", async () => {
  const calls = new FakeWaits();
  const watch = new ExitWatch(calls);
  const told: bigint[] = [];
  for (let handle = 10n; handle < 210n; handle++) watch.add(calls.process(handle), () => told.push(handle));
  await settled();
  assert.equal(calls.waits.at(-1)?.timeoutMs, 100);
  calls.end(200n, 0);
  calls.end(150n, 0);
  await settled();
  assert.deepEqual(told, []);
  calls.pass();
  await settled();
  assert.deepEqual(told, [150n, 200n]);
  watch.close();
  await settled();
  assert.equal(calls.open.size, 0);
});

Deno.test("a wait that Windows refuses is tried again later, and ends are told all the same", async () => {
  const calls = new FakeWaits();
  calls.refuses = true;
  const watch = new ExitWatch(calls);
  const told: unknown[] = [];
  watch.add(calls.process(10n), (exit) => told.push(exit));
  calls.codes.set(10n, 9);
  await settled();
  assert.deepEqual(told, [{ code: 9 }]);
  while (calls.open.size > 0) await settled();
  assert.equal(calls.waits.length, 1);
});
