import { AppError, messageOf } from "../../core/mod.ts";
import {
  certificatesIn,
  exchange,
  failureWords,
  isSameFingerprint,
  openUnverified,
  type ProxyAddress,
  serverOf,
  usingStream,
} from "../../http/mod.ts";
import { writePrivateFile } from "../../platform/mod.ts";
import { AUTHORITY_PATH } from "../../protocol/mod.ts";
import type { ManagerAddress } from "./addresses.ts";

const MAX_BYTES = 256 * 1024;

export interface PinnedAuthority {
  /** As the config has it: 64 hexadecimal digits, with or without `sha256:` and colons. */
  readonly fingerprint: string;
  /** Where it is kept once it was fetched; null to fetch it each time. */
  readonly cachePath: string | null;
}

/**
 * The certificate authority with that fingerprint, in PEM: as it was kept, or fetched from the manager itself over a
 * connection that proves nothing. What has another fingerprint is refused, whoever it came from.
 */
export async function pinnedAuthority(
  { fingerprint, cachePath }: PinnedAuthority,
  address: ManagerAddress,
  proxy: ProxyAddress | null,
  signal: AbortSignal,
): Promise<string> {
  const kept = findPinned(await readKept(cachePath), fingerprint);
  if (kept !== null) return kept;
  const fetched = findPinned(await fetchAuthority(address, proxy, signal), fingerprint);
  if (fetched === null) {
    throw new AppError(
      "forbidden",
      `The manager at ${address.shown} has another certificate authority than manager.ca_fingerprint says: somebody may ` +
        "be in between, or the manager was set up anew; compare with what it shows, and correct the fingerprint if it is right",
      { retryable: true },
    );
  }
  if (cachePath !== null) await writePrivateFile(cachePath, fetched);
  return fetched;
}

/** The one certificate of these with that fingerprint, and none of the others. */
function findPinned(pem: string, fingerprint: string): string | null {
  return certificatesIn(pem).find((one) => isSameFingerprint(one.fingerprint, fingerprint))?.pem ?? null;
}

async function readKept(path: string | null): Promise<string> {
  try {
    return path === null ? "" : await Deno.readTextFile(path);
  } catch {
    return ""; // it was not fetched yet, or cannot be used and is fetched again
  }
}

async function fetchAuthority(
  address: ManagerAddress,
  proxy: ProxyAddress | null,
  signal: AbortSignal,
): Promise<string> {
  const url = new URL(address.baseUrl + AUTHORITY_PATH);
  try {
    const { stream } = await openUnverified(serverOf(url), signal, proxy);
    const answer = await usingStream(
      stream,
      signal,
      (stream) => exchange(stream, { method: "GET", url, headers: [], bodyBytes: MAX_BYTES }),
    );
    if (answer.status === 200) return new TextDecoder().decode(answer.body);
    throw new AppError("unavailable", `it answered HTTP ${answer.status}`);
  } catch (error) {
    signal.throwIfAborted();
    const why = error instanceof AppError ? messageOf(error) : failureWords(error);
    const way = proxy !== null && proxy.kind !== "http" ? "; give manager.ca_file instead" : "";
    throw new AppError(
      "unavailable",
      `Cannot fetch the certificate authority of the manager from ${url.href}: ${why}${way}`,
      { retryable: true, cause: error },
    );
  }
}
