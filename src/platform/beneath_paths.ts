import { AppError, oneLine } from "../core/mod.ts";

const MAX_SHOWN = 500;

/** Somebody's link, or somebody who moves things while they are looked at. */
export function leadsOut(path: string, root: string): AppError {
  const [shown, from] = [oneLine(path.toWellFormed(), MAX_SHOWN), oneLine(root, MAX_SHOWN)];
  return new AppError("forbidden", `Cannot open ${shown}: it leads out of ${from}, which is all that may be reached`);
}
