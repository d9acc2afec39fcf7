const NAME = "farhand_session";
/** Browsers take a cookie of this prefix only over https, for one host and all paths: no neighbour can plant one. */
const SECURE_NAME = `__Host-${NAME}`;
const MAX_HEADER_LENGTH = 16_384;

/** The session's secret that a browser sends, or null. Over https only the cookie counts that only https can set. */
export function sessionCookie(headers: Headers, isSecure: boolean): string | null {
  const header = headers.get("cookie");
  if (header === null || header.length > MAX_HEADER_LENGTH) return null;
  const wanted = nameOf(isSecure);
  for (const part of header.split(";")) {
    const at = part.indexOf("=");
    if (at !== -1 && part.slice(0, at).trim() === wanted) return part.slice(at + 1).trim();
  }
  return null;
}

/** The value of `set-cookie` that begins a session in the browser. */
export function setSessionCookie(secret: string, isSecure: boolean, maxAgeMs: number): string {
  return cookie(secret, isSecure, Math.floor(maxAgeMs / 1_000));
}

/** The one that ends it. */
export function clearSessionCookie(isSecure: boolean): string {
  return cookie("", isSecure, 0);
}

function cookie(value: string, isSecure: boolean, maxAgeS: number): string {
  const attributes = `Path=/; Max-Age=${maxAgeS}; HttpOnly; SameSite=Strict${isSecure ? "; Secure" : ""}`;
  return `${nameOf(isSecure)}=${value}; ${attributes}`;
}

function nameOf(isSecure: boolean): string {
  return isSecure ? SECURE_NAME : NAME;
}
