import { AppError, messageOf, Secret } from "../core/mod.ts";

const MIN_TOKEN_LENGTH = 16;

/** Reads the token that callers must send from the file that a config key names. */
export async function readTokenFile(key: string, path: string, signal: AbortSignal): Promise<Secret> {
  const text = await Deno.readTextFile(path, { signal }).catch((cause) => {
    throw new AppError("invalid_config", `Cannot read ${key} ${path}: ${messageOf(cause)}`, { cause });
  });
  const token = text.trim();
  if (token.length < MIN_TOKEN_LENGTH) {
    throw new AppError(
      "invalid_config",
      `The token in ${path} is too short: put at least ${MIN_TOKEN_LENGTH} characters there, ` +
        'such as the output of "openssl rand -hex 32"',
    );
  }
  return new Secret(token);
}
