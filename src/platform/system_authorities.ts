import { currentAccount } from "./paths.ts";

/** Where the systems keep the authorities that they trust, in one file: Debian, Fedora, openSUSE, newer Fedora, Alpine. */
const BUNDLES = [
  "/etc/ssl/certs/ca-certificates.crt",
  "/etc/pki/tls/certs/ca-bundle.crt",
  "/etc/ssl/ca-bundle.pem",
  "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
  "/etc/ssl/cert.pem",
];
const MAX_BYTES = 4 * 1024 * 1024;
/** Since then the runtime asks the system by itself. */
const FIRST_THAT_ASKS = [2, 9];

/**
 * The authorities that this system trusts besides those that the runtime brings along, in PEM; null where the runtime
 * knows them by itself, or nobody does.
 */
export async function systemAuthorities(
  version: string = Deno.version.deno,
  env: Readonly<Record<string, string | undefined>> = currentAccount().env,
): Promise<string | null> {
  if (asksTheSystem(version)) return null;
  for (const path of [env["SSL_CERT_FILE"] ?? "", ...BUNDLES]) {
    const text = path === "" ? null : await readBundle(path);
    if (text !== null) return text;
  }
  return null;
}

function asksTheSystem(version: string): boolean {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const [firstMajor = 0, firstMinor = 0] = FIRST_THAT_ASKS;
  return major > firstMajor || (major === firstMajor && minor >= firstMinor);
}

async function readBundle(path: string): Promise<string | null> {
  try {
    const { size, isFile } = await Deno.stat(path);
    if (!isFile || size > MAX_BYTES) return null;
    const text = await Deno.readTextFile(path);
    return text.includes("-----BEGIN CERTIFICATE-----") ? text : null;
  } catch {
    return null; // most of these are not there on any one system
  }
}
