import type { TlsIdentity } from "../../http/mod.ts";

/** The manager's own authority, which signs nothing but its server's certificate. */
export interface Authority {
  /** Its certificate, for everybody. */
  readonly pem: string;
  /** SHA-256 of its certificate, `sha256:` and hexadecimal digits. */
  readonly fingerprint: string;
}

/** What the manager serves with. */
export interface ServerCertificate {
  readonly identity: TlsIdentity;
  /** Null for a certificate of somebody else's. */
  readonly authority: Authority | null;
  readonly fromMs: number;
  readonly toMs: number;
}

/** Names under which the manager is reached. */
export interface NamesInUse {
  /** A certificate without one of these is made anew: host names, and addresses as text. */
  readonly needed: readonly string[];
  /** These are put into a new one, and are no reason to make it: they change from day to day. */
  readonly besides: readonly string[];
}
