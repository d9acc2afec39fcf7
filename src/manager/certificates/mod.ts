/**
 * manager/certificates (L3): what the manager serves HTTPS with. Either the user's own files, checked before anybody
 * connects, or a certificate that it makes: an authority for ten years, whose fingerprint hosts are told when they join,
 * and a certificate of one year signed by it, renewed by itself.
 *
 * Lifecycle: one component, `certificates`, with one timer; the listener depends on it. `refresh` is also for a reload.
 *
 * `der_writer.ts`, `der_reader.ts` and `pem.ts` are the formats; `make.ts` and `read.ts` are X.509; `own.ts` and
 * `given.ts` are the two ways to come by a certificate. To add one more way: a function beside them that gives a
 * `ServerCertificate` or throws what is wrong.
 *
 * May import: core, log, http (its types), platform.
 *
 * @module
 */
export { Certificates, type CertificatesOptions } from "./certificates.ts";
export type { Authority, NamesInUse, ServerCertificate } from "./contract.ts";
export type { GivenFiles } from "./given.ts";
