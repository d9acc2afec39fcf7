import type { HostFacts, PolicyKey } from "../../../../protocol/mod.ts";

/** What the host's own file lets the manager do there, with the lines that would change it. */

/** Each with what it may say, from the least on; the protocol's list is beside schemas, which no page loads. */
const WORDS: Readonly<Record<PolicyKey, readonly string[]>> = {
  terminal: ["off", "on"],
  exec: ["off", "on"],
  files: ["off", "read", "write"],
  forward: ["off", "on"],
  deploy: ["off", "on"],
  update: ["off", "on"],
  jobs: ["off", "on"],
};

export interface PolicyRow {
  readonly key: PolicyKey;
  /** Null where the host does not say, as agents that only report. */
  readonly word: string | null;
  /** What can be said instead, each with the lines of the config. */
  readonly choices: readonly { readonly word: string; readonly lines: string }[];
}

export function policyRows(facts: HostFacts | undefined): PolicyRow[] {
  const policy = facts?.policy ?? {};
  return (Object.keys(WORDS) as PolicyKey[]).map((key) => {
    const word = Object.hasOwn(policy, key) ? policy[key] ?? null : null;
    const others = WORDS[key].filter((each) => each !== word);
    return { key, word, choices: others.map((each) => ({ word: each, lines: policyLines(key, each) })) };
  });
}

/** Exactly what stands in the host's file. */
export function policyLines(key: PolicyKey, word: string): string {
  return `policy:\n  ${key}: ${word}`;
}
