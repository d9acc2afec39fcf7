import { isLoopback, parseEndpoint } from "../endpoint.ts";
import { type MapNode, type Node, nodeAt, type Path, quoted, textAt } from "../node.ts";
import type { Problem } from "../problem.ts";
import { HEARTBEAT_ADDRESS } from "../schema/supervisor.ts";
import { broken, byteLength, isSet, onLine } from "./broken_rule.ts";

const HEARTBEAT_LISTEN = ["supervisor", "heartbeat", "listen"];

/** The control API must not be open to other hosts without a token. */
export function openListener(root: MapNode): Problem[] {
  const listen = nodeAt(root, ["agent", "control", "listen"]);
  const endpoint = parseEndpoint(textAt(root, ["agent", "control", "listen"]) ?? "");
  if (listen === undefined || endpoint === null || isLoopback(endpoint.host)) return [];
  if (isSet(root, ["agent", "control", "token_file"])) return [];
  const message = `${listen.path} can be reached from other hosts at ${
    quoted(textAt(listen, []) ?? "")
  } and so needs a token`;
  return [broken(listen, message, "set agent.control.token_file, or listen on 127.0.0.1")];
}

/** Heartbeats have an address of their own. It is in use only where there are processes, or where somebody sets it. */
export function sharedListener(root: MapNode): Problem[] {
  const own = nodeAt(root, HEARTBEAT_LISTEN);
  const processes = nodeAt(root, ["processes"]);
  if (own === undefined && (processes?.kind !== "list" || processes.items.length === 0)) return [];
  const heartbeat = parseEndpoint(own === undefined ? HEARTBEAT_ADDRESS : textAt(own, []) ?? "");
  if (heartbeat === null || heartbeat.port === 0) return [];
  const others: readonly Path[] = [["agent", "control", "listen"], ["metrics", "listen"]];
  return others.flatMap((path) => {
    const other = nodeAt(root, path);
    const endpoint = parseEndpoint(textAt(other, []) ?? "");
    if (other === undefined || endpoint?.port !== heartbeat.port) return [];
    const anywhere = [endpoint.host, heartbeat.host].includes("0.0.0.0");
    if (!anywhere && endpoint.host !== heartbeat.host) return [];
    const shown = quoted(textAt(other, []) ?? "");
    if (own === undefined) {
      const message = `${other.path} ${shown} is where heartbeats of processes are taken`;
      return [broken(other, message, `choose another port, or set ${HEARTBEAT_LISTEN.join(".")}`)];
    }
    const message = `${own.path} is the address of ${other.path}${onLine(other)}`;
    return [broken(own, message, "give each its own port")];
  });
}

export function longControlSocket(root: MapNode, limit: number, fallback: string): Problem[] {
  const node = nodeAt(root, ["agent", "control", "socket"]);
  const path = node === undefined ? fallback : textAt(node, []);
  return path === undefined ? [] : longSocket(node, "agent.control.socket", path, limit);
}

export function longSocket(node: Node | undefined, key: string, path: string, limit: number): Problem[] {
  const length = byteLength(path);
  if (length <= limit) return [];
  const name = node?.path ?? key;
  const message = `${name} must be at most ${limit} bytes long, as a Unix socket's path is, and ${
    quoted(path)
  } has ${length}`;
  const hint = "choose a shorter path, such as one in /run or /tmp";
  return [{ origin: node?.origin ?? { kind: "default" }, path: name, message, hint }];
}

export function managerFiles(root: MapNode): Problem[] {
  const problems: Problem[] = [];
  for (const [one, other] of [["token", "token_file"], ["ca_file", "ca_fingerprint"]] as const) {
    if (!isSet(root, ["manager", one]) || !isSet(root, ["manager", other])) continue;
    const node = nodeAt(root, ["manager", other]);
    if (node !== undefined) {
      problems.push(broken(node, `${node.path} cannot go with manager.${one}`, "remove one of the two"));
    }
  }
  for (const [one, other] of [["cert_file", "key_file"], ["key_file", "cert_file"]] as const) {
    const node = nodeAt(root, ["manager", one]);
    if (node === undefined || !isSet(root, ["manager", one]) || isSet(root, ["manager", other])) continue;
    problems.push(broken(node, `${node.path} needs ${other} beside it`, `set ${other}`));
  }
  return problems;
}
