import type { HostSelector, Selectable } from "../../../core/mod.ts";
import { MANAGER_SETTINGS_PREFIX, settingsRank, type SettingsRule, settingsVersion } from "../../../protocol/mod.ts";

import { selectorOf } from "../shared/selectors.ts";

/** What rules come to for hosts, worked out here from the same order that the manager has, while a rule is being written. */

export interface InForce {
  readonly value: unknown;
  readonly ruleId: string;
  readonly select: string;
}

/** A rule as it is being written: of an id where it is there already. */
export type RuleDraft = Pick<SettingsRule, "select" | "values">;

interface RankedRule {
  readonly rule: SettingsRule;
  readonly selector: HostSelector;
}

export const DRAFT_ID = "draft";

export class RuleSet {
  readonly #ranked: readonly RankedRule[];
  /** Hosts of the same rules are many, and their version costs the most. */
  readonly #versions = new Map<string, number>();

  constructor(rules: readonly SettingsRule[]) {
    this.#ranked = rules
      .flatMap((rule) => {
        const selector = selectorOf(rule.select);
        return selector === null ? [] : [{ rule, selector }];
      })
      .sort((a, b) => settingsRank(a.selector) - settingsRank(b.selector) || a.rule.updatedMs - b.rule.updatedMs);
  }

  /** The rules in the order in which they come over one another, the weakest first. */
  get ranked(): SettingsRule[] {
    return this.#ranked.map(({ rule }) => rule);
  }

  forHost(host: Selectable): Map<string, InForce> {
    const values = new Map<string, InForce>();
    for (const { rule } of this.#matching(host)) {
      for (const [key, value] of Object.entries(rule.values)) {
        values.set(key, { value, ruleId: rule.id, select: rule.select });
      }
    }
    return values;
  }

  /** Of what the host itself is told. */
  versionFor(host: Selectable): number {
    const rules = this.#matching(host).map(({ rule }) => rule.id).join("\n");
    const known = this.#versions.get(rules);
    if (known !== undefined) return known;
    const told = [...this.forHost(host)].filter(([key]) => !key.startsWith(MANAGER_SETTINGS_PREFIX));
    const version = settingsVersion(Object.fromEntries(told.map(([key, { value }]) => [key, value])));
    this.#versions.set(rules, version);
    return version;
  }

  #matching(host: Selectable): RankedRule[] {
    return this.#ranked.filter(({ selector }) => selector.matches(host));
  }
}

/** The rules as they would be with the draft, which is then the latest; without the rule where the draft has no keys. */
export function withDraft(rules: readonly SettingsRule[], draft: RuleDraft): SettingsRule[] {
  const select = selectorOf(draft.select)?.text ?? draft.select;
  const before = rules.find((rule) => rule.select === select);
  const others = rules.filter((rule) => rule !== before);
  if (Object.keys(draft.values).length === 0) return others;
  const updatedMs = rules.reduce((latest, rule) => Math.max(latest, rule.updatedMs + 1), 0);
  return [...others, { id: before?.id ?? DRAFT_ID, select, values: draft.values, updatedMs, updatedBy: "" }];
}

export interface HostChange {
  readonly key: string;
  /** Absent where no rule sets the key. */
  readonly before?: InForce;
  readonly after?: InForce;
}

/** What another set of rules would change for one host. */
export function changesFor(host: Selectable, before: RuleSet, after: RuleSet): HostChange[] {
  const [old, now] = [before.forHost(host), after.forHost(host)];
  const keys = [...new Set([...old.keys(), ...now.keys()])].sort();
  return keys.flatMap((key): HostChange[] => {
    const [was, is] = [old.get(key), now.get(key)];
    if (was !== undefined && is !== undefined && isSame(was.value, is.value)) return [];
    return [{ key, ...was !== undefined && { before: was }, ...is !== undefined && { after: is } }];
  });
}

/** The keys of a draft that another rule wins over on this host, with that rule's. */
export function overruled(host: Selectable, draft: RuleDraft, after: RuleSet): ReadonlyMap<string, InForce> {
  const select = selectorOf(draft.select)?.text;
  const inForce = after.forHost(host);
  return new Map(
    Object.keys(draft.values).flatMap((key) => {
      const found = inForce.get(key);
      return found === undefined || found.select === select ? [] : [[key, found] as const];
    }),
  );
}

export interface PreviewRow {
  readonly key: string;
  /** Absent where no rule sets the key, then or now. */
  readonly before?: unknown;
  readonly after?: unknown;
  readonly hosts: number;
}

export interface Preview {
  /** That the draft is for. */
  readonly fitting: number;
  readonly changed: number;
  /** What changes how, on how many hosts; what changes on most of them first. */
  readonly rows: readonly PreviewRow[];
  /** Rules that win over the draft, on how many hosts. */
  readonly overruled: readonly { readonly select: string; readonly hosts: number }[];
}

/** What a draft would do, over all hosts. */
export function previewOf(hosts: Iterable<Selectable>, rules: readonly SettingsRule[], draft: RuleDraft): Preview {
  const selector = selectorOf(draft.select);
  const [before, after] = [new RuleSet(rules), new RuleSet(withDraft(rules, draft))];
  const rows = new Map<string, PreviewRow>();
  const winners = new Map<string, number>();
  let [fitting, changed] = [0, 0];
  for (const host of hosts) {
    // No other host is told anything else by it.
    if (selector?.matches(host) !== true) continue;
    fitting++;
    const changes = changesFor(host, before, after);
    if (changes.length > 0) changed++;
    for (const { key, before: was, after: is } of changes) {
      const id = JSON.stringify([key, was?.value, is?.value]);
      const row = rows.get(id) ??
        { key, ...was !== undefined && { before: was.value }, ...is !== undefined && { after: is.value }, hosts: 0 };
      rows.set(id, { ...row, hosts: row.hosts + 1 });
    }
    const selects = new Set([...overruled(host, draft, after).values()].map(({ select }) => select));
    for (const select of selects) winners.set(select, (winners.get(select) ?? 0) + 1);
  }
  return {
    fitting,
    changed,
    rows: [...rows.values()].sort((a, b) => b.hosts - a.hosts || (a.key < b.key ? -1 : 1)),
    overruled: [...winners].map(([select, count]) => ({ select, hosts: count })).sort((a, b) => b.hosts - a.hosts),
  };
}

export function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

export interface Applied {
  readonly hosts: number;
  readonly applied: number;
}

type ToldHost = Selectable & { readonly settingsVersion?: number | undefined };

/** On how many of the hosts what they should have is in force; a host that has never been told has what stands for nothing. */
export function appliedOn(hosts: Iterable<ToldHost>, rules: RuleSet): Applied {
  let [count, applied] = [0, 0];
  for (const host of hosts) {
    count++;
    if ((host.settingsVersion ?? 0) === rules.versionFor(host)) applied++;
  }
  return { hosts: count, applied };
}
