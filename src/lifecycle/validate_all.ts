import { AppError, messageOf, toAppError } from "../core/mod.ts";
import { type Components, graphProblems } from "./graph.ts";
import type { Failure } from "./start_error.ts";
import { unlessAborted } from "./waiting.ts";

/** Rejects with one error for everything that would keep these components from starting, as far as can be told. */
export async function validateAll(components: Components, signal: AbortSignal): Promise<void> {
  const failures: Failure[] = graphProblems(components);
  await Promise.all([...components.values()].map(async (component) => {
    try {
      if (component.validate !== undefined) await unlessAborted(component.validate(signal), signal);
    } catch (error) {
      signal.throwIfAborted();
      failures.push({ name: component.name, error });
    }
  }));
  if (failures.length > 0) throw validationError(failures);
}

/** Its code is that of the problems where they agree. */
function validationError(failures: readonly Failure[]): AppError {
  const codes = new Set(failures.map(({ error }) => toAppError(error).code));
  const [code = "invalid_input"] = codes.size === 1 ? codes : [];
  const list = failures.map(({ name, error }) => `${name}: ${messageOf(error)}`).join("; ");
  const count = failures.length === 1 ? "one problem" : `${failures.length} problems`;
  const problems = failures.map(({ name, error }) => ({
    name,
    code: toAppError(error).code,
    message: messageOf(error),
  }));
  return new AppError(code, `Cannot start, ${count}: ${list}`, { details: { problems } });
}
