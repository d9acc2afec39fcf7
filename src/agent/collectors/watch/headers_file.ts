import { CheckFailure } from "../../../http/mod.ts";
import { type Header, parseHeaderLines } from "../reading/header_lines.ts";

const MAX_FILE_BYTES = 64 * 1024;
/** What the check itself says of its connection and of the length of what it sends. */
const OWN: readonly string[] = ["connection", "content-length", "transfer-encoding", "upgrade"];

export function parseHeaders(text: string): Header[] {
  const { lines, bad } = parseHeaderLines(text);
  if (bad !== undefined) throw new CheckFailure(`headers_file: line ${bad} is not "Name: value"`);
  const own = lines.find(([, [name]]) => OWN.includes(name.toLowerCase()));
  if (own !== undefined) {
    throw new CheckFailure(`headers_file: line ${own[0]} is a header that the check sets itself`);
  }
  return lines.map(([, header]) => header);
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
