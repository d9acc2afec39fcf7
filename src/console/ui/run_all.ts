/** What has come of an action on one target. */
export interface TargetResult {
  readonly state: "waiting" | "running" | "done" | "failed";
  readonly message: string;
}

export interface RunAllOptions<T> {
  readonly run: (target: T) => Promise<string | void>;
  readonly onResult: (id: string, result: TargetResult) => void;
  readonly wordsOf: (error: unknown) => string;
  /** Aborted, no further one is begun; those under way are waited for. */
  readonly signal: AbortSignal;
  readonly concurrency?: number | undefined;
}

const CONCURRENCY = 8;

/** Does something to all targets, some at a time; one that fails keeps none of the others from it. */
export async function runAll<T extends { readonly id: string }>(
  targets: readonly T[],
  { run, onResult, wordsOf, signal, concurrency = CONCURRENCY }: RunAllOptions<T>,
): Promise<void> {
  const left = targets[Symbol.iterator]();
  const worker = async () => {
    for (const target of left) {
      if (signal.aborted) return;
      onResult(target.id, { state: "running", message: "" });
      try {
        onResult(target.id, { state: "done", message: await run(target) ?? "" });
      } catch (error) {
        onResult(target.id, { state: "failed", message: wordsOf(error) });
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(concurrency, targets.length) }, worker));
}
