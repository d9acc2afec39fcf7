import assert from "node:assert/strict";
import { FakeClock } from "../../tests/helpers/fake_clock.ts";
import { AppError, type ErrorCode } from "../core/mod.ts";
import type { CliContext } from "./context.ts";
import { keepListening, type Listen, untilInterrupted, withoutRepeats } from "./follow.ts";

const error = (code: ErrorCode) => new AppError(code, code);

/** Listens with these outcomes, one after the other: an error, or null for a stream that ends; then it is stopped. */
async function listening(outcomes: readonly (AppError | null)[]) {
  const clock = new FakeClock();
  const end = new AbortController();
  const [waits, notes]: [number[], string[]] = [[], []];
  const left = [...outcomes];
  const listen: Listen = (onOpen) => {
    const outcome = left.shift();
    if (outcome === undefined) end.abort(error("cancelled"));
    else if (outcome !== null) return Promise.reject(outcome);
    else onOpen();
    return Promise.resolve();
  };
  const options = { clock, random: () => 0.5, signal: end.signal, note: (text: string) => void notes.push(text) };
  let failure: unknown;
  const ended = keepListening(listen, options).catch((thrown) => failure = thrown);
  for (let isOver = false; !isOver;) {
    await clock.advance(0);
    const due = clock.nextDueInMs;
    if (due === undefined) isOver = true;
    else waits.push(due);
    await clock.advance(due ?? 0);
  }
  await ended;
  return { waits, notes, code: failure instanceof AppError ? failure.code : failure };
}

Deno.test("a stream that ends is listened to again after a moment, without a word", async () => {
  assert.deepEqual(await listening([null, null]), { waits: [150, 150], notes: [], code: "cancelled" });
});

Deno.test("an agent that is away is waited for, ever longer, and it is said once", async () => {
  const away = Array.from({ length: 8 }, () => error("not_running"));
  const { waits, notes, code } = await listening([null, ...away, null]);
  assert.deepEqual(waits, [150, 300, 600, 1_200, 2_400, 3_750, 3_750, 3_750, 3_750, 150]);
  assert.deepEqual(notes, ["the agent does not answer; waiting for it", "the agent answers again"]);
  assert.equal(code, "cancelled");
});

Deno.test("what waiting does not mend ends it, and so does anything before the first answer", async () => {
  assert.equal((await listening([error("not_running")])).code, "not_running");
  assert.equal((await listening([null, error("unavailable"), error("not_found")])).code, "not_found");
  assert.equal((await listening([null, error("forbidden")])).code, "forbidden");
});

Deno.test("of several that say the same, one is heard", () => {
  const notes: string[] = [];
  const note = withoutRepeats((text) => void notes.push(text));
  for (const text of ["a", "a", "b", "b", "a"]) note(text);
  assert.deepEqual(notes, ["a", "b", "a"]);
});

Deno.test("an interrupt is the ordinary end, with its own exit code; a failure is not", async () => {
  const interrupt = new AbortController();
  const codes: number[] = [];
  let isClosed = false;
  const terminal = { stdout() {}, stderr() {}, isTerminal: false, isClosed: () => isClosed };
  const exitWith = (code: number) => void codes.push(code);
  const context = { signal: interrupt.signal, terminal, exitWith } as unknown as CliContext;
  const untilAborted = (signal: AbortSignal) =>
    new Promise<void>((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));

  await assert.rejects(untilInterrupted(context, () => Promise.reject(error("not_found"))), { code: "not_found" });
  await untilInterrupted(context, async ({ signal, endIfUnread }) => {
    const aborted = untilAborted(signal);
    endIfUnread();
    assert.equal(signal.aborted, false);
    isClosed = true;
    endIfUnread();
    await aborted;
  });
  assert.deepEqual(codes, []);
  await untilInterrupted(context, async ({ signal }) => {
    const aborted = untilAborted(signal);
    interrupt.abort(error("cancelled"));
    await aborted;
  });
  assert.deepEqual(codes, [130]);
});
