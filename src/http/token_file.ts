import { AppError, messageOf, Secret } from "../core/mod.ts";

const MIN_TOKEN_LENGTH = 16;

/** Reads the token that callers must send from the file that a config key names. */
export async function readTokenFile(key: string, path: string, signal: AbortSignal): Promise<Secret> {
  const text = await Deno.readTextFile(path, { signal }).catch((cause) => {
    throw unreadable(key, path, cause);
  });
  return tokenOf(text, path);
}

/** The same for what is put together before anything starts. */
export function readTokenFileSync(key: string, path: string): Secret {
  try {
    return tokenOf(Deno.readTextFileSync(path), path);
  } catch (cause) {
    throw cause instanceof AppError ? cause : unreadable(key, path, cause);
  }
}

function unreadable(key: string, path: string, cause: unknown): AppError {
  return new AppError("invalid_config", `Cannot read ${key} ${path}: ${messageOf(cause)}`, { cause });
}

function tokenOf(text: string, path: string): Secret {
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
