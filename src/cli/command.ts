import { Command } from "commander";
import { AppError, Duration } from "../core/mod.ts";
import type { CliContext } from "./context.ts";

/** What each command's file exports. */
export interface CommandFile {
  build(contextOf: (command: Command) => CliContext): Command;
}

/** A command with its description and the examples that its `--help` ends with. */
export function command(name: string, description: string, examples: readonly string[]): Command {
  const lines = examples.map((example) => `  $ ${example}`).join("\n");
  return new Command(name).description(description).addHelpText("after", `\nExamples:\n${lines}`);
}

const LONGEST = new Duration(60 * 60 * 1000);

/** Reads an option such as `--timeout 30s`. */
export function durationOption(text: string): Duration {
  const duration = Duration.parse(text);
  if (duration === null || duration.ms > LONGEST.ms) {
    throw new AppError(
      "invalid_input",
      `A duration such as 30s or 1m30s, at most ${LONGEST}, is needed, got "${text}"`,
    );
  }
  return duration;
}
