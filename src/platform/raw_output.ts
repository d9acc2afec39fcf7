import { lazy } from "./lazy.ts";
import { terminalModes, type TerminalNumbers } from "./posix/terminal_modes.ts";
import { select } from "./select.ts";

const LINUX: TerminalNumbers = { library: "libc.so.6", bytes: 60, outputFlagsAt: 4 };
const DARWIN: TerminalNumbers = { library: "/usr/lib/libSystem.B.dylib", bytes: 72, outputFlagsAt: 8 };
const STDOUT = 1;

const half = lazy(() =>
  select<() => (fd: number) => (() => void) | null>({
    linux: () => terminalModes(LINUX),
    darwin: () => terminalModes(DARWIN),
    windows: () => () => null, // its console prints line feeds as it likes, and nobody has taught this program to tell it
  })()
);

/**
 * Has the terminal that is standard output print bytes as they are, which the runtime's raw mode leaves out. Gives what undoes
 * it; null where that cannot be had.
 */
export function rawOutput(fd = STDOUT): (() => void) | null {
  return half()(fd);
}
