import { ApiProblem, PROBLEM_CODES } from "../../kit/api.ts";
import { visible } from "../../kit/safe_text.ts";

interface ToldProblem {
  readonly path?: unknown;
  readonly key?: unknown;
  readonly message?: unknown;
}

/** What the manager says against single fields of a form, by their names: `name` for `body.name`. */
export function fieldProblems(error: unknown): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  if (!(error instanceof ApiProblem)) return found;
  const details = error.details as { readonly problems?: unknown; readonly field?: unknown } | null | undefined;
  if (error.code === PROBLEM_CODES.conflict && typeof details?.field === "string") {
    found.set(details.field, visible(error.message, 500));
  }
  for (const problem of Array.isArray(details?.problems) ? details.problems as readonly ToldProblem[] : []) {
    const name = String(problem?.path ?? problem?.key ?? "").replace(/^body\.?/, "");
    if (name !== "" && typeof problem?.message === "string") found.set(name, visible(problem.message, 500));
  }
  return found;
}
