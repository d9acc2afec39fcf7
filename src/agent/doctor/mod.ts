/**
 * agent/doctor (L3): looks at this host as an agent would need it and says what is wrong, with a fix for each complaint.
 * It works without a running agent, with a broken config, and changes nothing.
 *
 * Lifecycle: none; `diagnose` runs every check once.
 *
 * To add one more check: a function in `checks.ts` that gives one finding, and its place in `CHECKS`. A finding that is
 * not ok must carry a fix, or say that the platform lacks the thing (`unsupported`).
 *
 * May import: core, config, platform.
 *
 * @module
 */
export { type DoctorInput, type Finding, FINDING_STATES, type FindingState } from "./finding.ts";
export { diagnose } from "./checks.ts";
