import { Pattern } from "../../../core/mod.ts";

/** Whoever asks may be anybody, and no pattern must keep the agent from its work: so none that backtracks. */
export function linePattern(text: string): Pattern {
  return new Pattern(text, { isRegex: true, ignoreCase: false });
}
