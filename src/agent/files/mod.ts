/**
 * agent/files (L3): files of this host, below the folders that its config names, for whoever may ask for them: its owner,
 * or the manager as far as `policy.files` lets it. Nothing leads out of these folders (platform/beneath.ts), and the
 * agent's own files are nobody's to reach.
 *
 * Lifecycle: the component `files` does nothing until somebody asks, or an upload was left unfinished by the agent before.
 * When it stops, all that is being moved is broken off; what has come of uploads stays and can be gone on with.
 *
 * `access.ts` decides what may be reached, `files.ts` bounds how many ask, `transfers.ts` how much moves. What is read is in
 * `listing.ts`, `content.ts`, `digest.ts`, `tail.ts` and `archive.ts` (with `zip/`), what changes something in `actions.ts`
 * and `uploads/`. To add one more: its schema in protocol/files, its route in `routes.ts`, its line in
 * protocol/uplink/route_access.ts.
 *
 * May import: core, log, config, protocol, platform, lifecycle, http.
 *
 * @module
 */
export { Files } from "./files.ts";
export type { FilesOptions, FilesPorts } from "./ports.ts";
export { filesRoutes } from "./routes.ts";
