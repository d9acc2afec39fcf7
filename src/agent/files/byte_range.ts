/** A part of a file: from the first byte to before the last one. */
export interface ByteRange {
  readonly from: number;
  readonly to: number;
}

const ONE_RANGE = /^bytes=(\d{0,15})-(\d{0,15})$/;

/**
 * What a `Range` header asks for of a file of this size: `whole` where there is none that this server heeds, `none` where
 * nothing of it is in the file. https://www.rfc-editor.org/rfc/rfc9110#field.range
 */
export function rangeOf(header: string | null, sizeBytes: number): ByteRange | "whole" | "none" {
  const [, first = "", last = ""] = ONE_RANGE.exec(header?.replaceAll(" ", "") ?? "") ?? [];
  if (first === "" && last === "") return "whole";
  if (first === "") {
    const length = Math.min(Number(last), sizeBytes);
    return length === 0 ? "none" : { from: sizeBytes - length, to: sizeBytes };
  }
  const from = Number(first);
  if (last !== "" && Number(last) < from) return "whole"; // no range at all, so it is as if it were not there
  if (from >= sizeBytes) return "none";
  return { from, to: last === "" ? sizeBytes : Math.min(sizeBytes, Number(last) + 1) };
}
