import { main } from "../../src/cli/mod.ts";

export interface CliResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CliOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly isTerminal?: boolean;
}

/** An environment whose default places do not exist, on any system. */
export const NO_HOME = { HOME: "/nonexistent", ProgramData: "C:\\nonexistent", LOCALAPPDATA: "C:\\nonexistent" };

/** Runs one command line within this process. */
export async function runCli(args: readonly string[], { env = {}, isTerminal = false }: CliOptions = {}) {
  let [stdout, stderr] = ["", ""];
  const terminal = {
    stdout: (text: string) => void (stdout += text),
    stderr: (text: string) => void (stderr += text),
    isTerminal,
  };
  const code = await main({ args, env: { ...NO_HOME, ...env }, terminal });
  return { code, stdout, stderr } satisfies CliResult;
}
