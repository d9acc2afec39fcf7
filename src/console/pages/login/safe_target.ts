const HOME = "/hosts";

/** Where to go after logging in: an address of this console, whatever the link says that somebody was given. */
export function safeTarget(wanted: string | null, origin: string): string {
  if (wanted === null || !wanted.startsWith("/")) return HOME;
  if (!URL.canParse(wanted, origin)) return HOME;
  const url = new URL(wanted, origin);
  if (url.origin !== origin || ["/login", "/setup"].includes(url.pathname)) return HOME;
  return url.pathname + url.search;
}
