/**
 * manager/audit (L3): the log of every change and every remote action: who, from where, what, on which host, result.
 * Entries are chained by hashes, so that one that was changed, removed or moved is found.
 *
 * Lifecycle: `Audit` takes entries from when it is made. Its component `audit` notes the end of the chain in the log
 * when it starts and when it stops, and writes what still waits before it has stopped; so it depends on the store.
 * `verifyChain` needs a store only, for checking a database whose manager does not run.
 *
 * To add one more field to entries: optional, in protocol; in `hashEntry` of `chain.ts` an absent one leaves the hash
 * as it was, so that old entries still fit. An action is a text that the API gives; nothing here knows them.
 *
 * May import: core, log, protocol.
 *
 * @module
 */
export { Audit } from "./audit.ts";
export { canonicalJson } from "./canonical_json.ts";
export type { AuditOptions, AuditQuery, AuditStore, NewAuditEntry } from "./ports.ts";
export { verifyChain, type VerifyOptions } from "./verify.ts";
