/** The system, administrators, and "whoever owns it": SDDL writes them as letters or as SIDs. */
const TRUSTED = new Set(["SY", "BA", "OW", "LA", "S-1-5-18", "S-1-5-32-544", "S-1-3-4"]);

/**
 * True when a security descriptor in SDDL grants access to nobody but the owner, the system and administrators.
 * https://learn.microsoft.com/windows/win32/secauthz/security-descriptor-string-format
 */
export function isPrivateSddl(sddl: string): boolean {
  const owner = /O:([A-Z]{2}|S-[\d-]+)/.exec(sddl)?.[1];
  const rights = /D:([^(]*)((?:\([^)]*\))*)/.exec(sddl);
  // Without a list of rights, everybody may do everything.
  if (rights === null || rights[1]?.includes("NO_ACCESS_CONTROL")) return false;
  return [...(rights[2] ?? "").matchAll(/\(([^)]*)\)/g)].every(([, entry = ""]) => isPrivateEntry(entry, owner));
}

/** An entry reads `type;flags;rights;object;inherited object;who`; a type that begins with D denies. */
function isPrivateEntry(entry: string, owner: string | undefined): boolean {
  const [type = "", , , , , who = ""] = entry.split(";");
  return type.startsWith("D") || who === owner || TRUSTED.has(who);
}
