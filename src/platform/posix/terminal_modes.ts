import { lazy } from "../lazy.ts";

/** What differs between the systems. */
export interface TerminalNumbers {
  readonly library: string;
  /** Of struct termios, and where its output flags are: https://man7.org/linux/man-pages/man3/termios.3.html */
  readonly bytes: number;
  readonly outputFlagsAt: number;
}

/** The same on Linux and macOS, little-endian both: in the first byte of the output flags. */
const OPOST = 1;
/** After what was written has been printed. */
const TCSADRAIN = 1;

/**
 * Has a terminal print bytes as they are, without a carriage return before each line feed. Gives what undoes it; null for
 * what is no terminal.
 */
export function terminalModes(numbers: TerminalNumbers): (fd: number) => (() => void) | null {
  const symbols = lazy(() =>
    Deno.dlopen(numbers.library, {
      tcgetattr: { parameters: ["i32", "buffer"], result: "i32" },
      tcsetattr: { parameters: ["i32", "i32", "buffer"], result: "i32" },
    }).symbols
  );
  const change = (fd: number, flagsOf: (flags: number) => number): boolean => {
    const modes = new Uint8Array(numbers.bytes);
    if (symbols().tcgetattr(fd, modes) !== 0) return false;
    modes[numbers.outputFlagsAt] = flagsOf(modes[numbers.outputFlagsAt] ?? 0);
    return symbols().tcsetattr(fd, TCSADRAIN, modes) === 0;
  };
  return (fd) => change(fd, (flags) => flags & ~OPOST) ? () => void change(fd, (flags) => flags | OPOST) : null;
}
