/** In a file of its own, without the schemas: the console has them, too. */
export const SEARCH_LIMITS = {
  patternChars: 1_000,
  matches: 10_000,
  contextLines: 50,
  timeoutMs: 600_000,
  hosts: 1_000,
  /** Of one line of JSON. */
  lineBytes: 1024 * 1024,
} as const;
