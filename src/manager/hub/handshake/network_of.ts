const MAPPED = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i;
/** What one customer is commonly given of IPv6: he may take any address in it. */
const NETWORK_GROUPS = 4;

/** Whom an address stands for: itself, or in IPv6 the network that its owner has. What is no address is itself. */
export function networkOf(address: string): string {
  const [plain = ""] = address.split("%", 1); // a zone may follow
  if (!plain.includes(":")) return plain;
  const mapped = MAPPED.exec(plain)?.[1];
  if (mapped !== undefined) return mapped;
  const canonical = URL.parse(`http://[${plain}]`)?.hostname.slice(1, -1);
  if (canonical === undefined) return address;
  const [head = "", tail] = canonical.split("::");
  const [before, after] = [groups(head), groups(tail ?? "")];
  const zeros = tail === undefined ? [] : Array<string>(Math.max(0, 8 - before.length - after.length)).fill("0");
  return [...before, ...zeros, ...after].slice(0, NETWORK_GROUPS).join(":") + "::/64";
}

function groups(text: string): string[] {
  return text === "" ? [] : text.split(":");
}
