import { Duration } from "../../core/mod.ts";
import { isLoopback } from "../endpoint.ts";
import { type MapNode, nodeAt, type Path, quoted, textAt } from "../node.ts";
import type { Problem } from "../problem.ts";
import { MAX_SOCKET_PATH_BYTES } from "../rules.ts";
import type { ConfigDefaults } from "../schema/agent.ts";
import { HOST_TIMES } from "../schema/server/hosts.ts";
import { SESSION_TIMES } from "../schema/server/keeping.ts";
import { DEFAULT_LISTEN, type ListenUrl, parseListenUrl } from "../schema/server/listen.ts";
import type { SchemaKey } from "../schema_keys.ts";
import { longSocket } from "./agent_rules.ts";
import { broken, isSet } from "./broken_rule.ts";

const ON: readonly unknown[] = [true, "on", "yes", "true"];

/** The rules of the manager's config that concern several keys at once. */
export function managerRules(root: MapNode, _keys: SchemaKey, defaults: ConfigDefaults): Problem[] {
  const listen = parseListenUrl(textAt(root, ["listen"]) ?? DEFAULT_LISTEN);
  return [
    ...(listen === null ? [] : [...openListener(root, listen), ...certificateFiles(root, listen)]),
    ...longControlSocket(root, defaults),
    ...notLonger(root, "hosts", ["heartbeat_interval", "unreachable_after"], HOST_TIMES),
    ...notLonger(root, "hosts", ["unreachable_after", "offline_after"], HOST_TIMES),
    ...notLonger(root, "sessions", ["idle", "lifetime"], SESSION_TIMES),
    ...workerToken(root),
  ];
}

/** Passwords and tokens must not travel in the open. */
function openListener(root: MapNode, { secure, host }: ListenUrl): Problem[] {
  const node = nodeAt(root, ["listen"]);
  const proxies = nodeAt(root, ["trusted_proxies"]);
  const isBehindProxy = proxies?.kind === "list" && proxies.items.length > 0;
  if (node === undefined || secure || isLoopback(host) || isBehindProxy) return [];
  const message = `${node.path} can be reached from other hosts at ${quoted(textAt(node, []) ?? "")}, unencrypted`;
  return [broken(node, message, "use https://, or listen on 127.0.0.1, or name the proxy in trusted_proxies")];
}

function certificateFiles(root: MapNode, { secure }: ListenUrl): Problem[] {
  const pairs = [["cert_file", "key_file"], ["key_file", "cert_file"]] as const;
  return pairs.flatMap(([one, other]) => {
    const node = nodeAt(root, ["tls", one]);
    if (node === undefined || !isSet(root, ["tls", one])) return [];
    if (!secure) return [broken(node, `${node.path} has no use where listen is http://`, "remove it, or use https://")];
    return isSet(root, ["tls", other]) ? [] : [broken(node, `${node.path} needs ${other} beside it`, `set ${other}`)];
  });
}

function longControlSocket(root: MapNode, defaults: ConfigDefaults): Problem[] {
  const node = nodeAt(root, ["control", "socket"]);
  const path = node === undefined ? defaults.socket : textAt(node, []);
  const limit = defaults.maxSocketPathBytes ?? MAX_SOCKET_PATH_BYTES;
  return path === undefined ? [] : longSocket(node, "control.socket", path, limit);
}

/** The first of two times must not be longer than the second; that is said where somebody has set one of them. */
function notLonger<Key extends string>(
  root: MapNode,
  section: string,
  [short, long]: readonly [Key, Key],
  defaults: Readonly<Record<Key, string>>,
): Problem[] {
  const [shortPath, longPath]: [Path, Path] = [[section, short], [section, long]];
  const [shortText, longText] = [textAt(root, shortPath) ?? defaults[short], textAt(root, longPath) ?? defaults[long]];
  const [shortMs, longMs] = [Duration.parse(shortText)?.ms, Duration.parse(longText)?.ms];
  const [shortNode, longNode] = [nodeAt(root, shortPath), nodeAt(root, longPath)];
  const node = shortNode ?? longNode;
  if (node === undefined || shortMs === undefined || longMs === undefined || shortMs <= longMs) return [];
  const relation = node === shortNode
    ? `must not be longer than ${long} (${longText})`
    : `must not be shorter than ${short} (${shortText})`;
  return [broken(node, `${node.path} ${relation}, got ${quoted(textAt(node, []) ?? "")}`, null)];
}

function workerToken(root: MapNode): Problem[] {
  const node = nodeAt(root, ["worker_heartbeat", "enabled"]);
  if (node?.kind !== "scalar" || !ON.includes(node.value) || isSet(root, ["worker_heartbeat", "token_file"])) return [];
  const message = `${node.path} needs a token, or anybody could report as any host`;
  return [broken(node, message, "set worker_heartbeat.token_file")];
}
