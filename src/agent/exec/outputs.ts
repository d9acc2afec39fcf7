import { basename } from "node:path";
import { oneLine } from "../../core/mod.ts";

export type OutputName = "stdout" | "stderr";

/** Who gets what a command prints. */
export interface Outputs {
  /** The command runs. */
  begun?(): void;
  /** As long as a piece is not taken, the command waits. */
  take(output: OutputName, chunk: Uint8Array): Promise<void> | void;
}

const MAX_SHOWN = 200;

/** The program's name; its arguments may hold secrets. */
export function shownProgram(argv: readonly string[]): string {
  return oneLine(basename(argv[0] ?? ""), MAX_SHOWN);
}
