import { AppError } from "../../core/mod.ts";

type Labels = Readonly<Record<string, string>>;

/** Reads `env=prod` and `team-` as a change of labels; what they may hold the manager says. */
export function readLabels(words: readonly string[]): (labels: Labels) => Record<string, string> {
  const edits = words.map((word) => {
    const equals = word.indexOf("=");
    if (equals > 0) return [word.slice(0, equals), word.slice(equals + 1)] as const;
    if (equals < 0 && word.length > 1 && word.endsWith("-")) return [word.slice(0, -1), null] as const;
    throw new AppError("invalid_input", `A label is written as key=value, or key- to take it away, not "${word}"`);
  });
  return (labels) => {
    const changed = new Map(Object.entries(labels));
    for (const [key, value] of edits) {
      if (value === null) changed.delete(key);
      else changed.set(key, value);
    }
    return Object.fromEntries(changed);
  };
}
