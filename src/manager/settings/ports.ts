import type { SettingsRule } from "../../protocol/mod.ts";

/** Where the rules are kept; the store's `settings` is one. */
export interface SettingsStorePort {
  all(): Promise<{ readonly version: number; readonly rules: readonly SettingsRule[] }>;
  /** One rule for a selector. Gives the new version. */
  put(rule: SettingsRule): Promise<number>;
  /** Null when there is none. */
  remove(id: string): Promise<number | null>;
}
