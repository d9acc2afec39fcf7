/**
 * cli (L5): the command line. One file per command; each gives a `CommandFile`, and `program.ts` lists them.
 *
 * Lifecycle: `main` parses argv, runs one command and returns its exit code; main.ts is what exits.
 *
 * To add one more command: a file named after it that exports a `CommandFile` with a description, examples and, when
 * it prints data, a `--json` form; its name in the list in `program.ts`. It throws AppErrors and prints only through
 * `Output`, so that messages, colours and exit codes are the same everywhere.
 *
 * May import: everything below.
 *
 * @module
 */
export { main, type MainOptions } from "./program.ts";
export type { Terminal } from "./output.ts";
export { systemTerminal } from "./system_terminal.ts";
