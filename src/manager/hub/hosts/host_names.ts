import { AppError } from "../../../core/mod.ts";
import type { Directory } from "./directory.ts";

const MAX_NAME = 80;
const MAX_TRIES = 10_000;

/** A name as hosts may have one, of whatever a host says that it is called. */
export function cleanName(wanted: string): string {
  const clean = wanted.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, "").trim().slice(0, MAX_NAME).trim();
  return clean === "" ? "host" : clean;
}

/** The name, or the first of name-2, name-3 … that is free; kept for this host from then on. */
export function takeName(directory: Directory, wanted: string, id: string): string {
  const base = cleanName(wanted);
  for (let number = 1; number <= MAX_TRIES; number++) {
    const end = number === 1 ? "" : `-${number}`;
    const name = base.slice(0, MAX_NAME - end.length) + end;
    if (directory.isNameTaken(name)) continue;
    directory.reserve(name, id);
    return name;
  }
  throw new AppError("conflict", `There are ${MAX_TRIES} hosts called ${base} already; give this one another name`);
}
