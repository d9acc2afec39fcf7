import { checkDynamicSettings, type SettingProblem } from "../../config/mod.ts";
import { AppError, nearest } from "../../core/mod.ts";
import { MANAGER_SETTINGS_PREFIX } from "../../protocol/mod.ts";
import { MANAGER_KEYS } from "./manager_keys.ts";

export type Values = Readonly<Record<string, unknown>>;

const MAX_DEPTH = 8;
const MAX_KEY_LENGTH = 200;
const PART = /^[A-Za-z0-9_-]{1,64}$/;

/**
 * Nested keys as keys with dots, so that rules meet each other at single values: `{cpu: {interval: …}}` and
 * `cpu.interval` are the same key. Lists are values.
 */
export function flatValues(values: Values): Map<string, unknown> {
  const flat = new Map<string, unknown>();
  const add = (key: string, value: unknown, depth: number): void => {
    const isKey = key.length <= MAX_KEY_LENGTH && key.split(".").every((part) => PART.test(part));
    if (!isKey) {
      throw refused([{ key, message: "a key must be words joined by dots, such as collectors.cpu.interval" }]);
    }
    const isSection = typeof value === "object" && value !== null && !Array.isArray(value);
    if (!isSection) return void flat.set(key, value);
    if (depth >= MAX_DEPTH) throw refused([{ key, message: `${key} is nested too deeply` }]);
    for (const [name, child] of Object.entries(value)) add(`${key}.${name}`, child, depth + 1);
  };
  for (const [key, value] of Object.entries(values)) add(key, value, 0);
  return flat;
}

/** What is wrong with settings, those for hosts and those of the manager's own; none may be null. */
export function settingProblems(values: ReadonlyMap<string, unknown>): SettingProblem[] {
  const own: SettingProblem[] = [];
  const forHosts: Record<string, unknown> = {};
  for (const [key, value] of values) {
    const known = MANAGER_KEYS.get(key);
    if (known !== undefined) {
      if (known.read(value) === null) own.push({ key, message: `${key} ${known.clause}` });
    } else if (key.startsWith(MANAGER_SETTINGS_PREFIX)) {
      const meant = nearest(key, [...MANAGER_KEYS.keys()]) ?? [...MANAGER_KEYS.keys()].join(", ");
      own.push({ key, message: `${key} is not a known setting; there is ${meant}` });
    } else forHosts[key] = value;
  }
  return [...own, ...checkDynamicSettings(forHosts)];
}

export function refused(problems: readonly SettingProblem[]): AppError {
  const sentence = problems.map(({ message }) => message).join("; ");
  return new AppError("invalid_input", `Cannot make these settings: ${sentence}`, { details: { problems } });
}

/** The settings that are good; one version of the program may have taken what another does not. */
export function goodOnes(values: Values): { good: Map<string, unknown>; problems: readonly SettingProblem[] } {
  const flat = flatValues(values);
  const problems = settingProblems(flat);
  if (problems.length === 0) return { good: flat, problems };
  const good = new Map([...flat].filter((entry) => settingProblems(new Map([entry])).length === 0));
  return { good, problems };
}
