import { AppError, Secret } from "../core/mod.ts";
import { fileError } from "../platform/mod.ts";
import type { Terminal } from "./output.ts";

const MAX_SECRET_BYTES = 4096;
const [INTERRUPT, END_OF_INPUT, BACKSPACE, DELETE, KILL_LINE] = [3, 4, 8, 127, 21];

/** Where a secret comes from: a file, `-` for standard input, or the keys of whoever is there. Never the command line. */
export async function readSecret(terminal: Terminal, prompt: string, file?: string): Promise<Secret> {
  const text = file === undefined ? await typed(terminal, prompt) : await fromFile(file);
  if (text === "") throw new AppError("invalid_input", `Nothing was given for: ${prompt}`);
  return new Secret(text);
}

/** Without its last line break, which editors add. */
async function fromFile(file: string): Promise<string> {
  const bytes = file === "-" ? await readAll() : await Deno.readFile(file).catch((error) => {
    throw fileError("read the secret in", file, error);
  });
  if (bytes.length > MAX_SECRET_BYTES) {
    throw new AppError("too_large", `${file === "-" ? "Standard input" : file} is too long for a secret`);
  }
  return new TextDecoder().decode(bytes).replace(/\r?\n$/, "");
}

async function readAll(): Promise<Uint8Array> {
  const parts: number[] = [];
  for await (const chunk of Deno.stdin.readable) {
    parts.push(...chunk);
    if (parts.length > MAX_SECRET_BYTES) break;
  }
  return Uint8Array.from(parts);
}

async function typed(terminal: Terminal, prompt: string): Promise<string> {
  const { keyboard } = terminal;
  if (keyboard === undefined) {
    throw new AppError("invalid_input", `Nobody is at the keys to type: ${prompt}; give it by a file or by "-"`);
  }
  terminal.stderr(`${prompt}: `);
  keyboard.setRaw(true);
  try {
    const bytes: number[] = [];
    for (;;) {
      const keys = await keyboard.read();
      if (keys === null || keys.includes(INTERRUPT)) throw new AppError("cancelled", "Interrupted");
      for (const key of keys) {
        if (key === 13 || key === 10 || key === END_OF_INPUT) return new TextDecoder().decode(Uint8Array.from(bytes));
        if (key === BACKSPACE || key === DELETE) eraseCharacter(bytes);
        else if (key === KILL_LINE) bytes.length = 0;
        else if (key >= 32 && bytes.length < MAX_SECRET_BYTES) bytes.push(key);
      }
    }
  } finally {
    keyboard.setRaw(false);
    terminal.stderr("\r\n");
  }
}

/** The last character may be several bytes long. */
function eraseCharacter(bytes: number[]): void {
  while ((bytes.at(-1) ?? 0) >= 0x80 && (bytes.at(-1) ?? 0) < 0xc0) bytes.pop();
  bytes.pop();
}

/** Asks a question that is answered by a line; no without anybody at the keys. */
export async function confirm(terminal: Terminal, question: string): Promise<boolean> {
  const { keyboard } = terminal;
  if (keyboard === undefined) return false;
  terminal.stderr(`${question} [y/N] `);
  const answer = new TextDecoder().decode(await keyboard.read() ?? new Uint8Array());
  return /^y(?:es)?\s*$/i.test(answer);
}

/** Reads a line that may be seen. */
export async function askLine(terminal: Terminal, prompt: string): Promise<string> {
  const { keyboard } = terminal;
  if (keyboard === undefined) throw new AppError("invalid_input", `Nobody is at the keys to type: ${prompt}`);
  terminal.stderr(`${prompt}: `);
  return new TextDecoder().decode(await keyboard.read() ?? new Uint8Array()).trim();
}
