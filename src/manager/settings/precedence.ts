import { Duration, HostSelector, type Selectable } from "../../core/mod.ts";
import { settingsRank, type SettingsRule, settingsVersion } from "../../protocol/mod.ts";
import { type HostTimes, MANAGER_KEYS, timesOf } from "./manager_keys.ts";

/** What holds for a host. The same object for all hosts of the same rules, for as long as these do not change. */
export interface EffectiveSettings {
  /** Of `values`; 0 when there are none. */
  readonly version: number;
  /** For the host: keys with dots. */
  readonly values: Readonly<Record<string, unknown>>;
  /** `manager.heartbeat_interval` of them; null where no rule says so. */
  readonly heartbeatIntervalMs: number | null;
  /** For the manager itself. */
  readonly times: HostTimes;
}

/** What holds for a host, and which rule says so; the manager's own keys included. */
export interface ExplainedSettings {
  readonly version: number;
  readonly values: Readonly<
    Record<string, { readonly value: unknown; readonly ruleId: string; readonly select: string }>
  >;
}

const MAX_CACHED = 10_000;

interface Ranked {
  readonly rule: SettingsRule;
  readonly selector: HostSelector;
  readonly values: ReadonlyMap<string, unknown>;
}

/** A rule with those of its values that are good. */
export interface CheckedRule {
  readonly rule: SettingsRule;
  readonly values: ReadonlyMap<string, unknown>;
}

/** Rules in the order in which they come over one another, and what they give; made anew when they change. */
export class Precedence {
  readonly #ranked: readonly Ranked[];
  readonly #cache = new Map<string, EffectiveSettings>();

  constructor(rules: readonly CheckedRule[]) {
    this.#ranked = rules
      .map(({ rule, values }) => ({ rule, values, selector: HostSelector.parse(rule.select) }))
      .sort((a, b) => settingsRank(a.selector) - settingsRank(b.selector) || a.rule.updatedMs - b.rule.updatedMs);
  }

  /** Hosts for which the same rules hold share the result, so ten thousand of them are a few. */
  forHost(host: Selectable): EffectiveSettings {
    const matching = this.#matching(host);
    const key = matching.map(({ rule }) => rule.id).join("\n");
    const cached = this.#cache.get(key);
    if (cached !== undefined) return cached;
    if (this.#cache.size >= MAX_CACHED) this.#cache.clear();
    const made = effective(matching);
    this.#cache.set(key, made);
    return made;
  }

  explain(host: Selectable): ExplainedSettings {
    const values = new Map<string, { value: unknown; ruleId: string; select: string }>();
    for (const { rule, values: own } of this.#matching(host)) {
      for (const [key, value] of own) values.set(key, { value, ruleId: rule.id, select: rule.select });
    }
    return { version: this.forHost(host).version, values: Object.fromEntries(values) };
  }

  #matching(host: Selectable): Ranked[] {
    return this.#ranked.filter(({ selector }) => selector.matches(host));
  }
}

function effective(rules: readonly Ranked[]): EffectiveSettings {
  const all = new Map<string, unknown>();
  for (const { values } of rules) for (const [key, value] of values) all.set(key, value);
  const values = Object.fromEntries([...all].filter(([key]) => !MANAGER_KEYS.has(key)));
  const interval = values["manager.heartbeat_interval"];
  return {
    version: settingsVersion(values),
    values,
    heartbeatIntervalMs: typeof interval === "string" ? Duration.parse(interval)?.ms ?? null : null,
    times: timesOf(all),
  };
}
