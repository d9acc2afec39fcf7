/** What several scripts need: where the repository is, git, running a tool, tables. */
import { fileURLToPath } from "node:url";

/** The repository's root folder, ending in a slash. */
export const ROOT = new URL("../", import.meta.url);

export function fromFileUrl(url: URL): string {
  return fileURLToPath(url);
}

export interface ToolResult {
  readonly ok: boolean;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a tool to its end in the repository's root (or `cwd`) and hands back what it printed. */
export async function runTool(
  command: string,
  args: readonly string[],
  options: { readonly cwd?: string; readonly env?: Record<string, string> } = {},
): Promise<ToolResult> {
  const output = await new Deno.Command(command, {
    args: [...args],
    cwd: options.cwd ?? ROOT,
    stdin: "null",
    env: { NO_COLOR: "1", ...options.env },
  }).output();
  const decoder = new TextDecoder();
  return { ok: output.success, stdout: decoder.decode(output.stdout), stderr: decoder.decode(output.stderr) };
}

/** The trimmed output of a git command, or undefined where git or its repository is missing. */
export async function git(...args: string[]): Promise<string | undefined> {
  try {
    const result = await runTool("git", args);
    return result.ok ? result.stdout.trim() : undefined;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** Runs `deno test` of a runtime with its output shown, in the repository's root; gives its exit code. */
export async function runTests(runtime: string, args: readonly string[], env: Record<string, string>): Promise<number> {
  const command = new Deno.Command(runtime, { args: ["test", ...args], cwd: ROOT, env, stdin: "null" });
  return (await command.spawn().status).code;
}

/** Lines up rows of text in columns: the first to the left, the others to the right. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows) row.forEach((cell, at) => widths[at] = Math.max(widths[at] ?? 0, cell.length));
  return rows.map((row) =>
    row.map((cell, at) => at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0)).join("  ").trimEnd()
  ).join("\n");
}

export async function sha256(data: Uint8Array<ArrayBuffer>): Promise<string> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", data)).toHex();
}

/** Runs a script's `main` and sets the exit code that it returns; an error is printed as one line and becomes 1. */
export async function runScript(name: string, main: () => Promise<number>): Promise<void> {
  try {
    Deno.exitCode = await main();
  } catch (error) {
    console.error(`${name}: ${error instanceof Error ? error.message : String(error)}`);
    Deno.exitCode = 1;
  }
}
