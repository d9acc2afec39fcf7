/**
 * manager/settings (L3): what can change while everything runs: rules that hold for the hosts of a selector, and what they
 * come to for one host. Values for hosts are checked by the agent's own schema before they are kept (config's
 * `checkDynamicSettings`); values for the manager itself are the keys of manager_keys.ts.
 *
 * For one key the most specific rule wins: by name over by labels over for all; among equals the one that was changed
 * last (precedence.ts). A host's `version` is made of the values that hold for it (protocol's settingsVersion), so a host
 * is told again when they change, whatever changed them, and only then.
 *
 * Lifecycle: one component, `settings`, which reads the rules when it starts; afterwards all is answered from memory.
 *
 * To add one more key of the manager's own: a row in manager_keys.ts and its field in `HostTimes`.
 *
 * May import: core, log, config, protocol, lifecycle.
 *
 * @module
 */
export { type HostTimes, MANAGER_KEYS } from "./manager_keys.ts";
export type { SettingsStorePort } from "./ports.ts";
export type { EffectiveSettings, ExplainedSettings } from "./precedence.ts";
export { type PutResult, Settings, type SettingsOptions } from "./settings.ts";
