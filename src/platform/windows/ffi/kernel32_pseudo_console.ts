/** kernel32, the part about pseudo consoles: https://learn.microsoft.com/windows/console/creating-a-pseudoconsole-session */
import { AppError } from "../../../core/mod.ts";
import { lazy } from "../../lazy.ts";
import { windowsError } from "./kernel32.ts";
import type { Handle } from "./kernel32_waits.ts";
import { openLibrary } from "./library.ts";

const PIPE_BYTES = 128 * 1024;
const S_OK = 0;

const symbols = lazy(() =>
  openLibrary("kernel32.dll", {
    ClosePseudoConsole: { parameters: ["usize"], result: "void", nonblocking: true },
    CreatePipe: { parameters: ["buffer", "buffer", "buffer", "u32"], result: "i32" },
    CreatePseudoConsole: { parameters: ["u32", "usize", "usize", "u32", "buffer"], result: "i32" },
    PeekNamedPipe: { parameters: ["usize", "buffer", "u32", "buffer", "buffer", "buffer"], result: "i32" },
    ReadFile: { parameters: ["usize", "buffer", "u32", "buffer", "buffer"], result: "i32" },
    ResizePseudoConsole: { parameters: ["usize", "u32"], result: "i32" },
    WriteFile: { parameters: ["usize", "buffer", "u32", "buffer", "buffer"], result: "i32", nonblocking: true },
  })
);

/** Throws `unsupported` where Windows has no pseudo consoles: before Windows 10 1809 and Server 2019. */
export function requirePseudoConsoles(): void {
  symbols();
}

/** What goes into one end comes out of the other. Nobody inherits it. */
export function createPipe(): { readonly read: Handle; readonly write: Handle } {
  const [read, write] = [new BigUint64Array(1), new BigUint64Array(1)];
  if (symbols().CreatePipe(read, write, null, PIPE_BYTES) === 0) throw windowsError("make a pipe");
  return { read: read[0] ?? 0n, write: write[0] ?? 0n };
}

/** A console that is shown as bytes on `output` and typed on as bytes on `input`; it has its own handles of both. */
export function createPseudoConsole(cols: number, rows: number, input: Handle, output: Handle): Handle {
  const made = new BigUint64Array(1);
  const result = symbols().CreatePseudoConsole(coordinates(cols, rows), input, output, 0, made);
  if (result === S_OK) return made[0] ?? 0n;
  const code = (result >>> 0).toString(16);
  throw new AppError("unavailable", `Cannot open a terminal: Windows gives error 0x${code} for a pseudo console`);
}

/** False when Windows refuses. */
export function resizePseudoConsole(console: Handle, cols: number, rows: number): boolean {
  return symbols().ResizePseudoConsole(console, coordinates(cols, rows)) === S_OK;
}

/** Ends who is on it. Waits, in a thread of its own, until what is shown last was read; so that must go on meanwhile. */
export async function closePseudoConsole(console: Handle): Promise<void> {
  await symbols().ClosePseudoConsole(console);
}

/** How many bytes can be read without waiting; null when nobody has the other end any more. */
export function readableBytes(pipe: Handle): number | null {
  const available = new Uint32Array(1);
  return symbols().PeekNamedPipe(pipe, null, 0, null, available, null) === 0 ? null : available[0] ?? 0;
}

/** Waits for at least one byte; null as above. */
export function readPipe(pipe: Handle, into: Uint8Array<ArrayBuffer>): number | null {
  const count = new Uint32Array(1);
  return symbols().ReadFile(pipe, into, into.length, count, null) === 0 ? null : count[0] ?? 0;
}

/** Waits, in a thread of its own, until there was room for all of it; false when nobody has the other end any more. */
export async function writePipe(pipe: Handle, bytes: Uint8Array<ArrayBuffer>): Promise<boolean> {
  const count = new Uint32Array(1);
  const written = await symbols().WriteFile(pipe, bytes, bytes.length, count, null);
  // Naming both here keeps their memory until the thread has done with them.
  return written !== 0 && (count[0] ?? 0) === bytes.length;
}

/** A COORD of two signed 16-bit numbers, passed as one. */
function coordinates(cols: number, rows: number): number {
  return (rows << 16 | cols) >>> 0;
}
