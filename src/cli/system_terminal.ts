import { onTerminalResize, rawOutput } from "../platform/mod.ts";
import type { Keyboard, Terminal, TerminalSize } from "./output.ts";

/** Keys come by ones; what is pasted comes at once. */
const KEY_BYTES = 4_096;

/** The terminal, or whatever stands in its place, that this process was started with. */
export function systemTerminal(): Terminal {
  const isTerminal = Deno.stdout.isTerminal();
  let isClosed = false;
  return {
    stdout: (text) => void (isClosed = !write(Deno.stdout, text) || isClosed),
    stderr: (text) => void write(Deno.stderr, text),
    isTerminal,
    isClosed: () => isClosed,
    ...(isTerminal ? { size: terminalSize, writeBytes, rawOutput: () => rawOutput() } : {}),
    ...(isTerminal && Deno.stdin.isTerminal() ? { keyboard: systemKeyboard() } : {}),
  };
}

function systemKeyboard(): Keyboard {
  return {
    setRaw(raw) {
      try {
        Deno.stdin.setRaw(raw);
      } catch (error) {
        if (!isGone(error)) throw error; // a terminal that has been closed has no mode any more
      }
    },
    async read() {
      const bytes = new Uint8Array(KEY_BYTES);
      try {
        const length = await Deno.stdin.read(bytes);
        return length === null ? null : bytes.subarray(0, length);
      } catch (error) {
        if (isGone(error)) return null;
        throw error;
      }
    },
    onResize: onTerminalResize,
  };
}

function terminalSize(): TerminalSize | undefined {
  try {
    return Deno.consoleSize();
  } catch {
    // A console that does not tell its size is used as if it had a common one.
    return undefined;
  }
}

/** False when there is nobody any more who reads it. */
function write(stream: typeof Deno.stdout, text: string): boolean {
  const bytes = new TextEncoder().encode(text);
  try {
    for (let written = 0; written < bytes.length;) written += stream.writeSync(bytes.subarray(written));
    return true;
  } catch (error) {
    if (!isGone(error)) throw error; // the reader, such as head, has seen enough
    return false;
  }
}

async function writeBytes(bytes: Uint8Array): Promise<boolean> {
  try {
    for (let written = 0; written < bytes.length;) written += await Deno.stdout.write(bytes.subarray(written));
    return true;
  } catch (error) {
    if (!isGone(error)) throw error; // the terminal was closed
    return false;
  }
}

/** True for a pipe that nobody reads and for a terminal that has been closed. */
function isGone(error: unknown): boolean {
  return error instanceof Deno.errors.BrokenPipe ||
    (error instanceof Error && (("code" in error && error.code === "EIO") || error.message.startsWith("EIO:")));
}
