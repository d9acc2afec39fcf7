/** The one list of places that may break a house rule. tests/arch fails for an entry whose place no longer breaks it. */
import type { RuleName } from "./rule_names.ts";

export interface Exception {
  readonly rule: RuleName;
  /** Path from the repository's root, with forward slashes. */
  readonly file: string;
  /** For `function-length`: the function's name. */
  readonly function?: string;
  /** Why this place is right to differ; a reader must be able to disagree with it. */
  readonly reason: string;
}

export const EXCEPTIONS: readonly Exception[] = [
  {
    rule: "no-env",
    file: "src/platform/paths.ts",
    reason:
      "currentAccount() is the one place that says for whom paths are chosen; XDG and Windows say it in variables",
  },
  {
    rule: "no-env",
    file: "src/http/outgoing/direct_client.ts",
    reason: "the runtime takes its proxies from the environment whoever calls, and offers no other way to do without",
  },
];
