import type { Config } from "../../config/mod.ts";
import { AppError } from "../../core/mod.ts";
import { clientProxy, createDirectClient, proxyFor } from "../../http/mod.ts";
import { fileError, systemAuthorities } from "../../platform/mod.ts";
import { isEncrypted, type ManagerAddress } from "./addresses.ts";
import { pinnedAuthority } from "./authority.ts";

export type ManagerConfig = Config["manager"];

export interface ClientOptions {
  readonly config: Pick<ManagerConfig, "ca_file" | "ca_fingerprint" | "cert_file" | "key_file">;
  /** Where a pinned authority is kept; null for whoever is to leave no trace. */
  readonly authorityPath: string | null;
  readonly env: (name: string) => string | undefined;
}

/**
 * A client for one try: it has looked at the files and the environment as they are now, and it resolves the manager's name
 * anew. It is the caller's to close.
 */
export async function createManagerClient(
  { config, authorityPath, env }: ClientOptions,
  address: ManagerAddress,
  signal: AbortSignal,
): Promise<Deno.HttpClient> {
  // `proxyFor` leaves this host itself out.
  const proxy = proxyFor(address.tunnelUrl, env);
  // HTTP/2 stays allowed: where a WebSocket fails over HTTP/1 the runtime tries that, and tells of this second try alone.
  const base = proxy === null ? {} : { proxy: clientProxy(proxy) };
  if (!isEncrypted(address)) return createDirectClient(base);
  const identity = await clientCertificate(config);
  const authority = config.ca_file !== ""
    ? await readPem("manager.ca_file", config.ca_file)
    : config.ca_fingerprint !== ""
    ? await pinnedAuthority({ fingerprint: config.ca_fingerprint, cachePath: authorityPath }, address, proxy, signal)
    : null;
  if (authority !== null) return createDirectClient({ ...base, ...identity, caCerts: [authority] });
  const system = await systemAuthorities();
  try {
    return createDirectClient({ ...base, ...identity, ...(system !== null && { caCerts: [system] }) });
  } catch (error) {
    if (system === null) throw error;
    // One certificate of the system that the runtime cannot read must not cost all those that it brings along.
    return createDirectClient({ ...base, ...identity });
  }
}

async function clientCertificate(
  { cert_file, key_file }: ClientOptions["config"],
): Promise<Partial<Deno.TlsCertifiedKeyPem>> {
  if (cert_file === "" || key_file === "") return {};
  const [cert, key] = await Promise.all([
    readPem("manager.cert_file", cert_file),
    readPem("manager.key_file", key_file),
  ]);
  return { cert, key, keyFormat: "pem" };
}

/** The text of a file that a config key names; what it holds is not told. */
async function readPem(key: string, path: string): Promise<string> {
  let text: string;
  try {
    text = await Deno.readTextFile(path);
  } catch (error) {
    const { code, message } = fileError(`read ${key}`, path, error);
    throw new AppError(code, message, { retryable: true, cause: error });
  }
  if (text.includes("-----BEGIN ")) return text;
  throw new AppError("invalid_config", `Cannot use ${key} ${path}: it is not in PEM`, { retryable: true });
}
