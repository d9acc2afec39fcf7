import { AppError, type Clock, HostSelector, type Selectable } from "../../core/mod.ts";
import type { Component } from "../../lifecycle/mod.ts";
import type { Logger } from "../../log/mod.ts";
import type { SettingsRule } from "../../protocol/mod.ts";
import { flatValues, goodOnes, refused, settingProblems, type Values } from "./checks.ts";
import type { SettingsStorePort } from "./ports.ts";
import { type CheckedRule, type EffectiveSettings, type ExplainedSettings, Precedence } from "./precedence.ts";

export interface SettingsOptions {
  readonly store: SettingsStorePort;
  readonly clock: Clock;
  readonly log: Logger;
  readonly newId?: () => string;
}

export interface PutResult {
  readonly version: number;
  /** Null when its last key was taken out, by which it has disappeared. */
  readonly rule: SettingsRule | null;
}

export interface Change {
  readonly select: string;
  readonly values: Values;
  /** The rule's when it was read, null where there was none: what was changed since is not written over. */
  readonly updatedMs?: number | null | undefined;
}

const MAX_RULES = 1_000;
const MAX_RULE_CHARACTERS = 64 * 1024;

/** The rules, and what they come to for a host. */
export class Settings {
  readonly #options: SettingsOptions;
  readonly #listeners = new Set<() => void>();
  #rules: readonly SettingsRule[] = [];
  /** Rules never change, so each is checked once. */
  #checked: ReadonlyMap<SettingsRule, CheckedRule> = new Map();
  #version = 0;
  #precedence = new Precedence([]);
  /** Changes follow one another, so that each sees what the one before has made. */
  #last: Promise<unknown> = Promise.resolve();
  /** A second stop joins the first. */
  #stopping: Promise<void> | null = null;

  constructor(options: SettingsOptions) {
    this.#options = options;
  }

  component(dependsOn: readonly string[]): Component {
    return {
      name: "settings",
      dependsOn,
      start: async (signal) => {
        signal.throwIfAborted();
        const { version, rules } = await this.#options.store.all();
        signal.throwIfAborted();
        this.#take(version, rules);
      },
      stop: () => this.#stopping ??= this.#last.then(() => {}).finally(() => this.#stopping = null),
    };
  }

  /** Grows with each change of a rule; what was got from `forHost` holds for as long as it stays the same. */
  version(): number {
    return this.#version;
  }

  rules(): { readonly version: number; readonly rules: readonly SettingsRule[] } {
    return { version: this.#version, rules: this.#rules };
  }

  forHost(host: Selectable): EffectiveSettings {
    return this.#precedence.forHost(host);
  }

  explain(host: Selectable): ExplainedSettings {
    return this.#precedence.explain(host);
  }

  /** Sets keys of the rule for a selector; null takes a key out. Throws `invalid_input` for what the hosts would not take. */
  put(change: Change, by: string): Promise<PutResult> {
    return this.#exclusively(async () => {
      const select = HostSelector.parse(change.select).text;
      const given = flatValues(change.values);
      const problems = settingProblems(new Map([...given].filter(([, value]) => value !== null)));
      if (problems.length > 0) throw refused(problems);
      const before = this.#rules.find((rule) => rule.select === select);
      if (change.updatedMs !== undefined) refuseUnseen(before, change.updatedMs);
      const values = merged(before?.values ?? {}, given);
      if (Object.keys(values).length === 0) {
        return { version: before === undefined ? this.#version : await this.#removeRule(before), rule: null };
      }
      const rule = { id: before?.id ?? this.#newId(), select, values, updatedMs: this.#nextMs(), updatedBy: by };
      this.#checkSize(rule, before === undefined);
      const version = await this.#options.store.put(rule);
      this.#take(version, [...this.#rules.filter(({ id }) => id !== rule.id), rule]);
      this.#options.log.info("settings changed", { select, keys: [...given.keys()], by });
      return { version, rule };
    });
  }

  /** Takes a whole rule away; throws `not_found` when there is none. */
  remove(id: string, by: string): Promise<{ readonly version: number; readonly rule: SettingsRule }> {
    return this.#exclusively(async () => {
      const rule = this.#rules.find((one) => one.id === id);
      if (rule === undefined) throw new AppError("not_found", `There is no settings rule ${id}; see the list of rules`);
      const version = await this.#removeRule(rule);
      this.#options.log.info("settings rule removed", { select: rule.select, by });
      return { version, rule };
    });
  }

  /** Told after each change. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  async #removeRule({ id }: SettingsRule): Promise<number> {
    const version = await this.#options.store.remove(id) ?? this.#version + 1;
    this.#take(version, this.#rules.filter((rule) => rule.id !== id));
    return version;
  }

  #take(version: number, rules: readonly SettingsRule[]): void {
    this.#checked = new Map(rules.map((rule) => [rule, this.#checked.get(rule) ?? this.#check(rule)]));
    this.#precedence = new Precedence([...this.#checked.values()]);
    this.#rules = rules;
    this.#version = version;
    for (const listener of this.#listeners) listener();
  }

  /** What an older version of this program has let in, hosts of today may not take; it never reaches them. */
  #check(rule: SettingsRule): CheckedRule {
    const { good, problems } = goodOnes(rule.values);
    if (problems.length > 0) {
      const reasons = problems.map(({ message }) => message);
      this.#options.log.warn("settings are ignored", { select: rule.select, reasons });
    }
    return { rule, values: good };
  }

  #checkSize(rule: SettingsRule, isNew: boolean): void {
    if (JSON.stringify(rule.values).length > MAX_RULE_CHARACTERS) {
      throw new AppError(
        "too_large",
        `The settings for one selector may have ${MAX_RULE_CHARACTERS} characters at most`,
      );
    }
    if (!isNew || this.#rules.length < MAX_RULES) return;
    throw new AppError("conflict", `There are ${MAX_RULES} settings rules already; take one away first`);
  }

  /** Above that of every other rule, wherever the wall clock has jumped, because the later rule wins. */
  #nextMs(): number {
    return this.#rules.reduce((next, { updatedMs }) => Math.max(next, updatedMs + 1), this.#options.clock.nowMs());
  }

  #newId(): string {
    return this.#options.newId?.() ?? crypto.randomUUID();
  }

  #exclusively<T>(act: () => Promise<T>): Promise<T> {
    const result = this.#last.then(act);
    this.#last = result.catch(() => {
      // Whoever asked is told; the next one begins anew.
    });
    return result;
  }
}

/** Two who change one rule at a time would otherwise undo, without a word, what the other has just done. */
function refuseUnseen(rule: SettingsRule | undefined, seenMs: number | null): void {
  if ((rule?.updatedMs ?? null) === seenMs) return;
  const what = rule === undefined ? "was removed meanwhile" : `was changed by ${rule.updatedBy} meanwhile`;
  throw new AppError("conflict", `This rule ${what}; open it again, and change what it is now`);
}

/** A section that is taken out takes all keys below it along. */
function merged(before: Values, given: ReadonlyMap<string, unknown>): Record<string, unknown> {
  const values = flatValues(before);
  for (const [key, value] of given) {
    values.delete(key);
    if (value !== null) values.set(key, value);
    else for (const below of [...values.keys()]) if (below.startsWith(`${key}.`)) values.delete(below);
  }
  return Object.fromEntries(values);
}
