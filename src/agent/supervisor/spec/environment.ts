import { fillTemplate, type ProcessConfig, type TemplateWords } from "../../../config/mod.ts";

/** The variables that the process itself sets, with its words filled in. */
export function ownVariables({ env }: ProcessConfig, words: TemplateWords): Record<string, string> {
  return Object.fromEntries(Object.entries(env).map(([name, value]) => [name, fillTemplate(value.reveal(), words)]));
}

/** One environment over another; where names are the same in any case, as on Windows, the upper one's spelling stays. */
export function mergedEnvironment(
  below: Readonly<Record<string, string>>,
  above: Readonly<Record<string, string>>,
  ignoresCase: boolean,
): Record<string, string> {
  if (!ignoresCase) return { ...below, ...above };
  const taken = new Set(Object.keys(above).map((name) => name.toUpperCase()));
  const kept = Object.entries(below).filter(([name]) => !taken.has(name.toUpperCase()));
  return { ...Object.fromEntries(kept), ...above };
}
