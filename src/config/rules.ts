import { isLoopback, parseEndpoint } from "./endpoint.ts";
import { type MapNode, type Node, nodeAt, type Path, quoted, textAt } from "./node.ts";
import type { Problem } from "./problem.ts";
import type { ConfigDefaults } from "./schema/agent.ts";

const MAX_SOCKET_PATH_BYTES = 107;

/** The rules that concern several keys at once. They look at the tree, so they hold whatever else is wrong with it. */
export function brokenRules(root: MapNode, defaults: ConfigDefaults): Problem[] {
  const processes = nodeAt(root, ["processes"]);
  const items = processes?.kind === "list" ? processes.items : [];
  const limit = defaults.maxSocketPathBytes ?? MAX_SOCKET_PATH_BYTES;
  return [
    ...openListener(root),
    ...longSocket(root, limit, defaults.socket),
    ...managerFiles(root),
    ...duplicates(items, "id", "each process"),
    ...["exec", "watch"].flatMap((name) => {
      const list = nodeAt(root, ["collectors", name]);
      return list?.kind === "list" ? duplicates(list.items, "name", "each item") : [];
    }),
    ...items.flatMap((item) => [...programRule(item), ...longProcessSocket(item, limit)]),
  ];
}

function openListener(root: MapNode): Problem[] {
  const listen = nodeAt(root, ["agent", "control", "listen"]);
  const endpoint = parseEndpoint(textAt(root, ["agent", "control", "listen"]) ?? "");
  if (listen === undefined || endpoint === null || isLoopback(endpoint.host)) return [];
  if (isSet(root, ["agent", "control", "token_file"])) return [];
  const message = `${listen.path} can be reached from other hosts at ${
    quoted(textAt(listen, []) ?? "")
  } and so needs a token`;
  return [problem(listen, message, "set agent.control.token_file, or listen on 127.0.0.1")];
}

function longSocket(root: MapNode, limit: number, fallback: string): Problem[] {
  const node = nodeAt(root, ["agent", "control", "socket"]);
  const path = node === undefined ? fallback : textAt(node, []);
  if (path === undefined || byteLength(path) <= limit) return [];
  return [tooLong(node, "agent.control.socket", path, limit)];
}

function longProcessSocket(process: Node, limit: number): Problem[] {
  const node = nodeAt(process, ["socket_path"]);
  const path = textAt(node, []);
  return node === undefined || path === undefined || byteLength(path) <= limit
    ? []
    : [tooLong(node, node.path, path, limit)];
}

function tooLong(node: Node | undefined, key: string, path: string, limit: number): Problem {
  const name = node?.path ?? key;
  const message = `${name} must be at most ${limit} bytes long, as a Unix socket's path is, and ${quoted(path)} ` +
    `has ${byteLength(path)}`;
  return {
    origin: node?.origin ?? { kind: "default" },
    path: name,
    message,
    hint: "choose a shorter path, such as one in /run or /tmp",
  };
}

function managerFiles(root: MapNode): Problem[] {
  const problems: Problem[] = [];
  for (const [one, other] of [["token", "token_file"], ["ca_file", "ca_fingerprint"]] as const) {
    if (!isSet(root, ["manager", one]) || !isSet(root, ["manager", other])) continue;
    const node = nodeAt(root, ["manager", other]);
    if (node !== undefined) {
      problems.push(problem(node, `${node.path} cannot go with manager.${one}`, "remove one of the two"));
    }
  }
  for (const [one, other] of [["cert_file", "key_file"], ["key_file", "cert_file"]] as const) {
    const node = nodeAt(root, ["manager", one]);
    if (node === undefined || !isSet(root, ["manager", one]) || isSet(root, ["manager", other])) continue;
    problems.push(problem(node, `${node.path} needs ${other} beside it`, `set ${other}`));
  }
  return problems;
}

/** Items of a list that share the key which should tell them apart. */
function duplicates(items: readonly Node[], key: "id" | "name", whose: string): Problem[] {
  const seen = new Map<string, Node>();
  const problems: Problem[] = [];
  for (const item of items) {
    const node = nodeAt(item, [key]);
    const id = textAt(node, []);
    if (node === undefined || id === undefined) continue;
    const first = seen.get(id);
    if (first === undefined) {
      seen.set(id, node);
      continue;
    }
    const where = first.origin.kind === "file" ? ` on line ${first.origin.line}` : "";
    problems.push(
      problem(
        node,
        `${node.path} ${quoted(id)} is taken: ${first.path} has it too${where}`,
        `give ${whose} its own ${key}`,
      ),
    );
  }
  return problems;
}

/** A process says what to run in exactly one way. */
function programRule(process: Node): Problem[] {
  if (process.kind !== "map") return [];
  const command = nodeAt(process, ["command"]);
  const hasCommand = command !== undefined && (command.kind !== "list" || command.items.length > 0);
  const hasBinary = isSet(process, ["binary_path"]);
  if (!hasCommand && !hasBinary) {
    return [
      problem(
        process,
        `${process.path} has no program to run`,
        "give it command: [program, argument, …], or binary_path",
      ),
    ];
  }
  if (!hasCommand) return [];
  const extra = hasBinary ? nodeAt(process, ["binary_path"]) : nodeAt(process, ["args"]);
  if (extra === undefined || (extra.kind === "list" && extra.items.length === 0)) return [];
  const hint = hasBinary ? "remove one of the two" : "write the arguments into command";
  return [problem(extra, `${extra.path} cannot go with command`, hint)];
}

function problem(node: Node, message: string, hint: string): Problem {
  return { origin: node.origin, path: node.path, message, hint };
}

function isSet(root: Node, path: Path): boolean {
  return (textAt(root, path) ?? "") !== "";
}

function byteLength(text: string): number {
  return new TextEncoder().encode(text).length;
}
