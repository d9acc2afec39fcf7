/** The system and administrators, who may do everything anyway. */
const TRUSTED = new Set(["SY", "BA", "LA"]);

/** SDDL writes some users as letters, and others as SIDs; either may stand for any of these. */
const LETTERS: Readonly<Record<string, string>> = {
  "S-1-3-4": "OW",
  "S-1-5-18": "SY",
  "S-1-5-19": "LS",
  "S-1-5-20": "NS",
  "S-1-5-32-544": "BA",
};

/**
 * True when a security descriptor in SDDL belongs to `user` (a SID), the system or administrators, and grants access
 * to nobody else.
 * https://learn.microsoft.com/windows/win32/secauthz/security-descriptor-string-format
 */
export function isPrivateSddl(sddl: string, user: string): boolean {
  const rights = /D:([^(]*)((?:\([^)]*\))*)/.exec(sddl);
  // Without a list of rights, everybody may do everything.
  if (rights === null || rights[1]?.includes("NO_ACCESS_CONTROL")) return false;
  const entries = [...(rights[2] ?? "").matchAll(/\(([^)]*)\)/g)];
  return foreignOwner(sddl, user) === null && entries.every(([, entry = ""]) => isPrivateEntry(entry, user));
}

/** Who owns it, when that is not `user`, the system or administrators. An owner can give any rights to anybody. */
export function foreignOwner(sddl: string, user: string): string | null {
  const owner = /^O:([A-Z]{2}|S-[\d-]+)/.exec(sddl)?.[1] ?? "unknown";
  return isTrusted(owner, user) ? null : owner;
}

/** A SID in memory: a revision, the number of its parts, 48 bits of authority (big-endian), the parts of 32 bits. */
export function sidText(sid: DataView): string {
  const authority = sid.getUint16(2) * 2 ** 32 + sid.getUint32(4);
  const parts = Array.from({ length: sid.getUint8(1) }, (_, at) => sid.getUint32(8 + at * 4, true));
  return ["S", sid.getUint8(0), authority, ...parts].join("-");
}

/**
 * An entry reads `type;flags;rights;object;inherited object;who`; a type that begins with D denies. Owner rights (OW)
 * are those of whoever owns it, and that is checked.
 */
function isPrivateEntry(entry: string, user: string): boolean {
  const [type = "", , , , , who = ""] = entry.split(";");
  return type.startsWith("D") || inLetters(who) === "OW" || isTrusted(who, user);
}

function isTrusted(who: string, user: string): boolean {
  return TRUSTED.has(inLetters(who)) || inLetters(who) === inLetters(user);
}

function inLetters(who: string): string {
  return LETTERS[who] ?? who;
}
