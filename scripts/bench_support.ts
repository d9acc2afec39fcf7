/** What the benchmarks share: statistics, a place of their own for the agent, and how results are printed. */
import { parseArgs } from "node:util";
import { executableToTest } from "./executable.ts";
import { pause } from "./process_use.ts";
import { table } from "./support.ts";

/** The value below which `part` (0 to 1) of the values lie; the nearest one, never an invented one between two. */
export function percentile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const value = sorted[Math.max(0, Math.ceil(sorted.length * part) - 1)];
  if (value === undefined) throw new Error("No values were measured");
  return value;
}

export function median(values: readonly number[]): number {
  return percentile(values, 0.5);
}

/** One line of a result: a name, and what was measured under each heading. */
export type Result = { readonly what: string } & Readonly<Record<string, string | number>>;

/** Prints results as JSON or as a table, whose headings are the keys of the first one. */
export function printResults(results: readonly Result[], json: boolean): void {
  if (json) {
    console.log(JSON.stringify(results, null, 2));
    return;
  }
  const headings = Object.keys(results[0] ?? {});
  console.log(table([headings, ...results.map((result) => headings.map((heading) => String(result[heading] ?? "")))]));
}

/** Command line of a benchmark: `[EXECUTABLE] [--json]`, its own numbers, `--seconds 120`, and texts, `--only start`. */
export async function benchArguments<Name extends string, Text extends string = never>(
  defaults: Readonly<Record<Name, number>>,
  texts: Readonly<Record<Text, string>> = {} as Readonly<Record<Text, string>>,
) {
  const own = Object.entries<number | string>({ ...defaults, ...texts }).map(([name, value]) =>
    [name, { type: "string" as const, default: String(value) }] as const
  );
  const parsed = parseArgs({
    allowPositionals: true,
    options: { json: { type: "boolean", default: false }, ...Object.fromEntries(own) },
    args: Deno.args,
  });
  const values: Readonly<Record<string, unknown>> = parsed.values;
  const number = (name: Name): number => {
    const value = Number(values[name]);
    if (!Number.isFinite(value) || value < 0) throw new Error(`--${name} must be a number, got "${values[name]}"`);
    return value;
  };
  const text = (name: Text): string => String(values[name]);
  return { agent: await executableToTest(parsed.positionals[0]), json: values.json === true, number, text };
}

/** An agent's own home and work directory; removed by `await using`. */
export async function temporaryHome() {
  const home = await Deno.makeTempDir({ prefix: "farhand-bench-" });
  const workDir = `${home}/work`;
  return {
    workDir,
    env: { HOME: home, XDG_CONFIG_HOME: `${home}/config`, XDG_STATE_HOME: `${home}/state`, XDG_RUNTIME_DIR: home },
    [Symbol.asyncDispose]: () => Deno.remove(home, { recursive: true }),
  };
}

/** Runs the agent to its end with its output dropped (a pipe would wait for a child that keeps it); throws when it fails. */
export async function runAgent(agent: string, args: readonly string[], env: Record<string, string>): Promise<void> {
  const command = new Deno.Command(agent, { args: [...args], env, stdin: "null", stdout: "null", stderr: "inherit" });
  const { code } = await command.spawn().status;
  if (code !== 0) throw new Error(`agent ${args.join(" ")} exited with ${code}`);
}

/** Waits until the agent answers, 20 s at most. */
export async function untilReady(agent: string, workDir: string, env: Record<string, string>): Promise<void> {
  const command = new Deno.Command(agent, {
    args: ["status", "--work-dir", workDir],
    env,
    stdin: "null",
    stdout: "null",
    stderr: "null",
  });
  for (let attempt = 0; attempt < 100; attempt++) {
    if ((await command.output()).success) return;
    await pause(0.2);
  }
  throw new Error("The agent did not answer within 20 s; see what `agent run` says");
}
