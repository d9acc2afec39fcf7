import { lazy } from "../lazy.ts";
import { cString } from "../posix/calls.ts";

/** The longest value that is read here; who has more gets nothing. */
const MAX_VALUE_BYTES = 256;

const symbols = lazy(() =>
  Deno.dlopen("libc.so.6", {
    // https://man7.org/linux/man-pages/man2/getxattr.2.html
    getxattr: { parameters: ["buffer", "buffer", "buffer", "usize"], result: "isize" },
  }).symbols
);

/** The text of an extended attribute; null where there is none, or the file system or our rights do not have it. */
export function extendedAttribute(path: string, name: string): string | null {
  const value = new Uint8Array(MAX_VALUE_BYTES);
  const length = Number(symbols().getxattr(cString(path), cString(name), value, BigInt(value.length)));
  return length < 0 ? null : new TextDecoder().decode(value.subarray(0, length));
}
