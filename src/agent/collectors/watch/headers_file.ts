import { CheckFailure } from "./failure_words.ts";

export type Header = readonly [name: string, value: string];

const MAX_FILE_BYTES = 64 * 1024;
const NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
/** Visible characters and blanks; a line break in a header would begin another one. */
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;
/** What the check itself says of its connection and of the length of what it sends. */
const OWN: readonly string[] = ["connection", "content-length", "transfer-encoding", "upgrade"];

/**
 * Reads `Name: value` lines; empty ones, and those that begin with #, are passed over. Errors name the line and never
 * what is on it: headers hold passwords.
 */
export function parseHeaders(text: string): Header[] {
  const headers: Header[] = [];
  text.split(/\r?\n/).forEach((line, at) => {
    if (line.trim() === "" || line.startsWith("#")) return;
    const colon = line.indexOf(":");
    const [name, value] = [line.slice(0, Math.max(0, colon)).trim(), line.slice(colon + 1).trim()];
    if (!NAME.test(name) || !VALUE.test(value)) {
      throw new CheckFailure(`headers_file: line ${at + 1} is not "Name: value"`);
    }
    if (OWN.includes(name.toLowerCase())) {
      throw new CheckFailure(`headers_file: line ${at + 1} is a header that the check sets itself`);
    }
    headers.push([name, value]);
  });
  return headers;
}

/** The headers to send; read at each look, so that a new password needs no restart. None without a file. */
export async function readHeaders(path: string): Promise<Header[]> {
  if (path === "") return [];
  const bytes = await contentOf(path);
  if (bytes.length > MAX_FILE_BYTES) throw new CheckFailure("headers_file is too large");
  return parseHeaders(new TextDecoder("latin1").decode(bytes));
}

async function contentOf(path: string): Promise<Uint8Array> {
  try {
    if (!(await Deno.stat(path)).isFile) throw new CheckFailure("headers_file is no file");
    return await Deno.readFile(path);
  } catch (error) {
    if (error instanceof CheckFailure) throw error;
    if (error instanceof Deno.errors.NotFound) throw new CheckFailure("headers_file does not exist");
    if (error instanceof Deno.errors.PermissionDenied) throw new CheckFailure("headers_file may not be read");
    throw new CheckFailure("headers_file cannot be read");
  }
}
