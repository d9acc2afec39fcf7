/**
 * manager/auth (L3): who asks the manager for something, and what he may do: passwords, sessions, API tokens, join
 * tokens, tickets for WebSockets, the set-up of the first admin, and the one authorisation (`authorise.ts`).
 *
 * Lifecycle: `Auth` is ready when it is made. Its component `auth` only removes what has expired. All that lasts is in
 * the store; in memory are what was asked a moment ago (`callers.ts`), failed logins (`throttle/`) and tickets, all
 * bounded.
 *
 * In it: `request/` is what can be known of a request (proxies, cookies, origins, and the gate that puts these
 * together); `passwords/` makes and checks hashes; `throttle/` slows down guessing, by a policy that is pure. Secrets
 * are 32 random bytes of which only the hash is kept; see `secrets.ts` for their prefixes.
 *
 * To add one more verb: `VERBS` and `ROLE_VERBS` in protocol, then its reach in `authorise.ts`, where the compiler asks
 * for it, and a row in its test. One more kind of secret: its prefix in `secrets.ts`, and what it opens in `callers.ts`.
 *
 * May import: core, log, protocol, platform, http.
 *
 * @module
 */
export { Auth, type AuthReport } from "./auth.ts";
export { authorise, LOCAL_CALLER, mayUse, scopeText, VERB_REACH, verbsOf, weakerRole } from "./authorise.ts";
export type { ApiTokens, MadeApiToken } from "./api_tokens.ts";
export type { JoinTokens, MadeJoinToken } from "./join_tokens.ts";
export type { LoginClient, LoginResult } from "./login.ts";
export type { ScryptCost } from "./passwords/scrypt.ts";
export type { AuthOptions, AuthStore } from "./ports.ts";
export { AddressRanges } from "./request/address_ranges.ts";
export { type Client, clientOf } from "./request/client.ts";
export type { Sessions } from "./sessions.ts";
export type { Setup } from "./setup.ts";
export type { MadeTicket, Tickets } from "./tickets.ts";
export type { Users } from "./users.ts";
