import { messageOf } from "../core/mod.ts";

/** A config is written by hand; whatever is larger was named by mistake, and is refused before it is read. */
const MAX_FILE_BYTES = 1024 * 1024;
const OTHERS_MAY_WRITE = 0o002;

export type FileText =
  | { readonly text: string; readonly openToAll?: boolean }
  | { readonly missing: true; readonly message: string; readonly hint: string }
  | { readonly line: number | null; readonly message: string; readonly hint: string };

/** Reads a config file as text. Never waits on a pipe or device, never reads without bound, never throws. */
export async function readConfigText(file: string, program: string): Promise<FileText> {
  try {
    const info = await Deno.stat(file);
    const refusal = refuse(info);
    if (refusal !== null) return refusal;
    return { ...decode(await readBounded(file)), openToAll: canBeWrittenByAll(info) };
  } catch (thrown) {
    return await explain(file, thrown, program);
  }
}

/** Says why something that is no ordinary small file is not opened at all: opening a pipe would wait for its writer. */
function refuse(info: Deno.FileInfo): FileText | null {
  const hint = "name a YAML file";
  if (info.isDirectory) return { line: null, message: "it is a directory", hint };
  if (!info.isFile) return { line: null, message: "it is a pipe, socket or device", hint };
  return info.size > MAX_FILE_BYTES ? tooLarge(`${info.size} bytes`) : null;
}

/** Windows, which gives no uid, gives a mode that means nothing. */
function canBeWrittenByAll({ mode, uid }: Deno.FileInfo): boolean {
  return uid !== null && mode !== null && (mode & OTHERS_MAY_WRITE) !== 0;
}

function tooLarge(size: string): FileText {
  const message = `it has ${size}; a config file has at most ${MAX_FILE_BYTES} bytes (1 MiB)`;
  return { line: null, message, hint: "check that it is the right file" };
}

/** Some files, as in /proc, are larger than they say. */
async function readBounded(file: string): Promise<Uint8Array> {
  using handle = await Deno.open(file);
  const buffer = new Uint8Array(MAX_FILE_BYTES + 1);
  let length = 0;
  while (length < buffer.length) {
    const count = await handle.read(buffer.subarray(length));
    if (count === null) break;
    length += count;
  }
  return buffer.subarray(0, length);
}

function decode(bytes: Uint8Array): FileText {
  if (bytes.length > MAX_FILE_BYTES) return tooLarge(`more than ${MAX_FILE_BYTES} bytes`);
  const [first, second] = bytes;
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) {
    return { line: 1, message: "the text is in UTF-16", hint: "save it as UTF-8" };
  }
  for (const { line, bytes: content } of linesOf(bytes)) {
    if (content.some((byte) => byte < 0x20 && byte !== 0x09 && byte !== 0x0d)) {
      return { line, message: "binary data, not text", hint: "check that it is the right file" };
    }
    if (!isUtf8(content)) return { line, message: "text that is not UTF-8", hint: "save the file as UTF-8" };
  }
  return { text: new TextDecoder().decode(bytes) };
}

function* linesOf(bytes: Uint8Array): Generator<{ line: number; bytes: Uint8Array }> {
  for (let line = 1, start = 0; start <= bytes.length; line++) {
    const newline = bytes.indexOf(0x0a, start);
    const end = newline === -1 ? bytes.length : newline;
    yield { line, bytes: bytes.subarray(start, end) };
    start = end + 1;
  }
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return true;
  } catch {
    // `fatal` has no other way to say no.
    return false;
  }
}

async function explain(file: string, thrown: unknown, program: string): Promise<FileText> {
  if (thrown instanceof Deno.errors.NotFound) {
    const target = await linkTarget(file);
    if (target !== null) {
      const message = `it is a symbolic link to ${target}, which does not exist`;
      return { line: null, message, hint: "mend the link" };
    }
    return { missing: true, message: "no such file", hint: "create it, or name another with --config" };
  }
  if (thrown instanceof Deno.errors.PermissionDenied) {
    return { line: null, message: "permission denied", hint: `make it readable for the user that runs the ${program}` };
  }
  return { line: null, message: messageOf(thrown), hint: "name a YAML file" };
}

/** Where a symbolic link points, or null for whatever is not one. */
async function linkTarget(file: string): Promise<string | null> {
  try {
    return await Deno.readLink(file);
  } catch {
    // Only asked to word a message; "no such file" is right for everything that is not a link.
    return null;
  }
}
