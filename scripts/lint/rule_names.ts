/** The names of the house rules, as they appear in messages (`house/file-length`) and in the list of exceptions. */
export const RULE_NAMES = [
  "file-length",
  "function-length",
  "file-name",
  "no-exit",
  "no-build-os",
  "no-console",
  "no-env",
  "no-import-time-work",
  "no-silent-catch",
] as const;
export type RuleName = (typeof RULE_NAMES)[number];
