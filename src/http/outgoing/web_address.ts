/** Where a connection goes to. */
export interface ServerAddress {
  readonly host: string;
  readonly port: number;
}

/** The server that a URL names. */
export function serverOf(url: URL): ServerAddress {
  const usual = url.protocol === "https:" ? 443 : 80;
  return { host: url.hostname.replace(/^\[|\]$/g, ""), port: url.port === "" ? usual : Number(url.port) };
}

/** Whether a host's name or address can only mean this very host. */
export function isLoopbackHost(host: string): boolean {
  const name = host.toLowerCase().replace(/^\[|\]$/g, "").replace(/\.$/, "");
  return name === "localhost" || name.endsWith(".localhost") || name === "::1" || /^127(?:\.\d{1,3}){3}$/.test(name);
}

/** User and password of a URL as browsers send them; null for a URL without. */
export function basicAuthorization({ username, password }: URL): readonly [name: string, value: string] | null {
  if (username === "" && password === "") return null;
  return ["Authorization", basicCredentials(unescaped(username), unescaped(password))];
}

/** Both as they are, whatever characters they have. */
export function basicCredentials(username: string, password: string): string {
  return `Basic ${btoa(String.fromCharCode(...new TextEncoder().encode(`${username}:${password}`)))}`;
}

/** Text of a URL without its %-escapes. */
export function unescaped(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    if (error instanceof URIError) return text; // a lone % stands for itself
    throw error;
  }
}
