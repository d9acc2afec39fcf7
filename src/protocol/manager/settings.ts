import * as z from "zod/mini";
import { epochMs } from "../samples/units.ts";
import { selectorText } from "./access.ts";

/**
 * `/api/v1/settings`: what can change while everything runs. A rule holds for the hosts of its selector; where several
 * set one key, that for a host by name wins over that for labels, that over the one for all, and the later rule over the earlier.
 */

export const settingsRule = () =>
  z.object({
    id: z.string(),
    select: z.string().check(z.describe("Which hosts; empty for all.")),
    /** Keys as in the agent's config: `collectors.interval`, `manager.heartbeat_interval`. */
    values: z.record(z.string(), z.unknown()),
    updatedMs: epochMs(),
    updatedBy: z.string(),
  });
export type SettingsRule = z.output<ReturnType<typeof settingsRule>>;
export const settingsRules = () => z.object({ version: z.number(), rules: z.array(settingsRule()) });
export type SettingsRules = z.output<ReturnType<typeof settingsRules>>;
export const settingsChange = () =>
  z.strictObject({
    select: selectorText(),
    /** null takes the key out of the rule. */
    values: z.record(z.string().check(z.maxLength(200)), z.unknown()).check(
      z.refine((values) => Object.keys(values).length <= 200, "200 keys at most"),
    ),
    /** The rule's own when it was read, null where there was none: refused as a conflict if it was changed since. */
    updatedMs: z.optional(z.nullable(epochMs())),
  });
export type SettingsChange = z.output<ReturnType<typeof settingsChange>>;
/** `GET /api/v1/hosts/{id}/settings`: what is in force for one host by these rules, and which rule says so. */
export const hostSettings = () =>
  z.object({
    version: z.number(),
    /** That the host itself has said it has. */
    appliedVersion: z.optional(z.number()),
    values: z.record(z.string(), z.object({ value: z.unknown(), ruleId: z.string(), select: z.string() })),
  });
export type HostSettings = z.output<ReturnType<typeof hostSettings>>;
