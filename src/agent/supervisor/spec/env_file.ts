import { ENV_NAME } from "../../../config/mod.ts";
import { AppError } from "../../../core/mod.ts";

const ESCAPED: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t" };
/** In double quotes, the characters that a backslash takes the meaning from. */
const LITERAL = '"\\$`';

/**
 * Reads a file of variables, `NAME=value` a line, as a shell that sources it would in the simple cases: comments after
 * `#`, `export` before the name, quotes around the value. Nothing is expanded and nothing is run. A later line wins.
 * Its errors name the file and the line and never the text, which may be a secret.
 */
export function parseEnvFile(text: string, file: string): Record<string, string> {
  const variables = new Map<string, string>();
  for (const [index, line] of text.replace(/^\ufeff/, "").split(/\r\n|\n|\r/).entries()) {
    const trimmed = line.trim();
    if (trimmed === "" || trimmed.startsWith("#")) continue;
    const read = readLine(trimmed);
    if (typeof read === "string") {
      throw new AppError("invalid_config", `Cannot read environment file ${file}: line ${index + 1}: ${read}`);
    }
    variables.set(read.name, read.value);
  }
  return Object.fromEntries(variables);
}

/** A variable, or what is wrong with the line. */
function readLine(line: string): { name: string; value: string } | string {
  const equals = line.indexOf("=");
  if (equals === -1) return "it must be NAME=value";
  const name = line.slice(0, equals).replace(/^export\s+/, "");
  if (!ENV_NAME.test(name) || name === "__proto__") {
    return "it must begin with a name of letters, digits and underscores, and an = right after it";
  }
  const written = line.slice(equals + 1);
  if (written.includes("\0")) return "a value must not contain a NUL character";
  const value = readValue(written);
  return value === null ? "a value that begins with a quote must end with it" : { name, value };
}

/** Null where quotes are not as they must be. */
function readValue(written: string): string | null {
  const quote = written[0];
  if (quote !== '"' && quote !== "'") return written.replace(/(^|\s)#.*$/, "").trim();
  const [value, rest] = quote === "'" ? singleQuoted(written) : doubleQuoted(written);
  return rest !== null && /^(\s+#.*|\s*)$/.test(rest) ? value : null;
}

/** What is in the quotes, and what comes after them; null for what never ends. */
function singleQuoted(written: string): readonly [value: string, rest: string | null] {
  const end = written.indexOf("'", 1);
  return end === -1 ? ["", null] : [written.slice(1, end), written.slice(end + 1)];
}

function doubleQuoted(written: string): readonly [value: string, rest: string | null] {
  let value = "";
  for (let at = 1; at < written.length; at++) {
    const character = written[at] ?? "";
    if (character === '"') return [value, written.slice(at + 1)];
    if (character !== "\\") {
      value += character;
      continue;
    }
    const next = written[++at] ?? "";
    value += LITERAL.includes(next) ? next : ESCAPED[next] ?? `\\${next}`;
  }
  return ["", null];
}
