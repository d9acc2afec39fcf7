/** Which processes a command is about. */
import { AppError, nearest } from "../../core/mod.ts";
import { PROCESS_STATES, type ProcessSelector, type ProcessView } from "../../protocol/mod.ts";
import { safeText } from "../safe_text.ts";

export interface SelectOptions {
  readonly all?: boolean;
  readonly label?: readonly string[];
}

/** For an option that may be repeated. */
export function collectLabel(value: string, before: readonly string[] = []): string[] {
  return [...before, value];
}

/** `["tier=web", "env=prod"]` as the labels that they mean. */
export function labelsOption(pairs: readonly string[]): Record<string, string> {
  return Object.fromEntries(pairs.map((pair) => {
    const at = pair.indexOf("=");
    if (at > 0) return [pair.slice(0, at), pair.slice(at + 1)];
    throw new AppError("invalid_input", `--label takes name=value, such as --label tier=web, got "${pair}"`);
  }));
}

/** `running,failed` as states. */
export function statesOption(text: string): string[] {
  return text.split(",").map((word) => word.trim()).filter((word) => word !== "").map((word) => {
    if (PROCESS_STATES.some((state) => state === word)) return word;
    const meant = nearest(word, PROCESS_STATES);
    const hint = meant === undefined ? `the states are ${PROCESS_STATES.join(", ")}` : `did you mean ${meant}?`;
    throw new AppError("invalid_input", `--state: there is no state "${word}"; ${hint}`);
  });
}

/** Exactly one of the ways to say which. All of them must be said: a forgotten id must not stop everything. */
export function selectorOf(ids: readonly string[], { all = false, label = [] }: SelectOptions): ProcessSelector {
  const ways = [ids.length > 0, all, label.length > 0].filter((isGiven) => isGiven).length;
  if (ways === 0) {
    throw new AppError("invalid_input", "Say which processes: by their ids, with --label name=value, or --all");
  }
  if (ways > 1) throw new AppError("invalid_input", "Ids, --label and --all exclude each other: give one of them");
  if (all) return { all: true };
  return label.length > 0 ? { labels: labelsOption(label) } : { ids: [...ids] };
}

/** In the order of their groups, each group's replicas by their numbers. */
export function inOrder(processes: readonly ProcessView[]): ProcessView[] {
  const rank = new Map<string, number>();
  for (const { group } of processes) rank.set(group, rank.get(group) ?? rank.size);
  const compare = new Intl.Collator("en", { numeric: true }).compare;
  const rankOf = ({ group }: ProcessView) => rank.get(group) ?? 0;
  return processes.toSorted((a, b) => rankOf(a) - rankOf(b) || compare(a.id, b.id));
}

/** Those with one of these ids, or of one of these groups; an id of none of them is an error that names the nearest. */
export function pickIds(processes: readonly ProcessView[], ids: readonly string[]): ProcessView[] {
  if (ids.length === 0) return [...processes];
  for (const id of ids) if (!processes.some((view) => isMeant(view, id))) throw unknownProcess(id, processes);
  return processes.filter((view) => ids.some((id) => isMeant(view, id)));
}

export function isMeant({ id, group }: ProcessView, name: string): boolean {
  return id === name || group === name;
}

export function unknownProcess(id: string, processes: readonly ProcessView[]): AppError {
  const meant = nearest(id, new Set(processes.flatMap((view) => [view.id, view.group])));
  const hint = meant === undefined ? '"agent ps" lists them' : `did you mean ${safeText(meant)}?`;
  return new AppError("not_found", `There is no process "${safeText(id)}"; ${hint}`);
}
