import type { TreeReader } from "../reading/tree_reader.ts";

const MAC = /^[0-9a-f]{2}(?::[0-9a-f]{2}){5}$/;
const NONE = "00:00:00:00:00:00";
/** What network cards are called by the kernel and by systemd. */
const CARD = /^(?:eth|en|wl|ww|ib)/;

/**
 * The hardware addresses of this host's cards. Bridges, tunnels and the ends of containers come and go with addresses
 * of their own, and say nothing of the host; a container has no card, but an interface that is called like one.
 */
export function readMacs(tree: TreeReader): string[] {
  const interfaces = tree.list(tree.sys("class", "net"));
  const real = interfaces.filter((name) => tree.list(tree.sys("class", "net", name, "device")).length > 0);
  const chosen = real.length > 0 ? real : interfaces.filter((name) => CARD.test(name));
  const macs = chosen.map((name) => tree.line(tree.sys("class", "net", name, "address"))?.toLowerCase() ?? "");
  return [...new Set(macs)].filter((mac) => MAC.test(mac) && mac !== NONE).sort();
}
