/**
 * A command as people type it, and the words that it is made of. No shell is involved on the host, so nothing but quotes
 * means anything here; a backslash stands for itself unless a quote or a space follows, so that Windows' paths can be typed.
 */

export type CommandProblem = "empty" | "open_quote" | "too_many";
export type SplitCommand = { readonly argv: readonly string[] } | { readonly problem: CommandProblem };

const MAX_WORDS = 1_000;
const SPACE = /\s/;
const NEEDS_NO_QUOTES = /^[\w@%+=:,./-]+$/;

export function splitCommand(text: string): SplitCommand {
  const argv: string[] = [];
  let at = 0;
  while (at < text.length) {
    if (SPACE.test(text[at] ?? "")) {
      at++;
      continue;
    }
    const word = readWord(text, at);
    if (word === null) return { problem: "open_quote" };
    argv.push(word.text);
    if (argv.length > MAX_WORDS) return { problem: "too_many" };
    at = word.end;
  }
  return argv.length === 0 ? { problem: "empty" } : { argv };
}

/** The words as a text that splits into the same words again. */
export function joinCommand(argv: readonly string[]): string {
  return argv.map(quoted).join(" ");
}

interface Word {
  readonly text: string;
  readonly end: number;
}

/** Null where a quote is not closed. */
function readWord(text: string, start: number): Word | null {
  let word = "";
  let at = start;
  while (at < text.length) {
    const character = text[at] ?? "";
    if (SPACE.test(character)) break;
    if (character === "'" || character === '"') {
      const part = readQuoted(text, at + 1, character);
      if (part === null) return null;
      word += part.text;
      at = part.end;
      continue;
    }
    const next = text[at + 1] ?? "";
    const isEscape = character === "\\" && (next === "'" || next === '"' || SPACE.test(next));
    word += isEscape ? next : character;
    at += isEscape ? 2 : 1;
  }
  return { text: word, end: at };
}

function readQuoted(text: string, start: number, quote: "'" | '"'): Word | null {
  let word = "";
  for (let at = start; at < text.length; at++) {
    const character = text[at] ?? "";
    if (character === quote) return { text: word, end: at + 1 };
    const next = text[at + 1] ?? "";
    const isEscape = quote === '"' && character === "\\" && (next === '"' || next === "\\");
    word += isEscape ? next : character;
    if (isEscape) at++;
  }
  return null;
}

function quoted(word: string): string {
  if (NEEDS_NO_QUOTES.test(word)) return word;
  if (!word.includes("'")) return `'${word}'`;
  return `"${word.replace(/[\\"]/g, "\\$&")}"`;
}

export const INTERPRETERS = ["program", "sh", "powershell", "cmd"] as const;
export type Interpreter = (typeof INTERPRETERS)[number];

const SCRIPTS: Readonly<Record<Exclude<Interpreter, "program">, readonly string[]>> = {
  sh: ["/bin/sh", "-c"],
  powershell: ["powershell.exe", "-NoProfile", "-NonInteractive", "-Command"],
  cmd: ["cmd.exe", "/d", "/s", "/c"],
};

/** What is run for a text: the program that it names with its arguments, or a shell that reads it as a script. */
export function commandFor(interpreter: Interpreter, text: string): SplitCommand {
  if (interpreter === "program") return splitCommand(text);
  return text.trim() === "" ? { problem: "empty" } : { argv: [...SCRIPTS[interpreter], text] };
}

/** The other way round, for who wants to run the same again with a change. */
export function commandOf(argv: readonly string[]): { readonly interpreter: Interpreter; readonly text: string } {
  for (const [interpreter, start] of Object.entries(SCRIPTS)) {
    if (argv.length === start.length + 1 && start.every((word, at) => word === argv[at])) {
      return { interpreter: interpreter as Interpreter, text: argv.at(-1) ?? "" };
    }
  }
  return { interpreter: "program", text: joinCommand(argv) };
}
