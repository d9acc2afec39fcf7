import { onTerminalResize } from "../platform/mod.ts";
import type { Keyboard, Terminal, TerminalSize } from "./output.ts";

/** Keys come by ones; what is pasted comes at once. */
const KEY_BYTES = 256;

/** The terminal, or whatever stands in its place, that this process was started with. */
export function systemTerminal(): Terminal {
  const isTerminal = Deno.stdout.isTerminal();
  return {
    stdout: (text) => write(Deno.stdout, text),
    stderr: (text) => write(Deno.stderr, text),
    isTerminal,
    ...(isTerminal ? { size: terminalSize } : {}),
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

function write(stream: typeof Deno.stdout, text: string): void {
  const bytes = new TextEncoder().encode(text);
  try {
    for (let written = 0; written < bytes.length;) written += stream.writeSync(bytes.subarray(written));
  } catch (error) {
    if (!isGone(error)) throw error; // the reader, such as head, has seen enough
  }
}

/** True for a pipe that nobody reads and for a terminal that has been closed. */
function isGone(error: unknown): boolean {
  return error instanceof Deno.errors.BrokenPipe ||
    (error instanceof Error && (("code" in error && error.code === "EIO") || error.message.startsWith("EIO:")));
}
