import type { Problem } from "../problem.ts";
import { fillTemplate } from "../template.ts";
import { parseHostPort, parseUrl } from "../watch_target.ts";
import { shown } from "../yaml_source.ts";
import { broken } from "./broken_rule.ts";
import type { ProcessItem } from "./process_item.ts";

type Section = "readiness" | "liveness";

/** The keys that only some types have a use for. */
const USED_BY: Readonly<Record<string, readonly string[]>> = {
  target: ["tcp", "http"],
  status: ["http"],
  body: ["http"],
  headers: ["http"],
  expect_headers: ["http"],
  command: ["exec"],
  pattern: ["log"],
};

/** What a type cannot do without, and how it is written. */
const NEEDED: Readonly<Record<string, readonly [key: string, form: string]>> = {
  tcp: ["target", "target: host:port"],
  http: ["target", "target: http://host:port/path"],
  exec: ["command", "command: [program, argument, …]"],
  log: ["pattern", "pattern: a regular expression"],
};

/** The parts of a probe fit together. */
export function probeRules(item: ProcessItem, agentWorkDir: string): Problem[] {
  return [
    ...sectionRules(item, "readiness", agentWorkDir),
    ...sectionRules(item, "liveness", agentWorkDir),
    ...unreadableOutput(item),
    ...twoLivenesses(item),
  ];
}

function sectionRules(item: ProcessItem, section: Section, agentWorkDir: string): Problem[] {
  const type = item.word([section, "type"], "none");
  return [
    ...neededKey(item, section, type),
    ...foreignKeys(item, section, type),
    ...target(item, section, agentWorkDir),
  ];
}

function neededKey(item: ProcessItem, section: Section, type: string): Problem[] {
  const needed = NEEDED[type];
  if (needed === undefined) return [];
  const [key, form] = needed;
  if (item.given(section, key) !== undefined) return [];
  const node = item.own(section, "type") ?? item.node;
  return [broken(node, `${item.name(section)} of type ${type} needs ${key}`, `set ${form}`)];
}

function foreignKeys(item: ProcessItem, section: Section, type: string): Problem[] {
  return Object.entries(USED_BY).flatMap(([key, types]) => {
    const node = item.own(section, key);
    if (node === undefined || types.includes(type)) return [];
    const wanted = types.join(" or ");
    if (type === "none") return [broken(node, `${node.path} needs a type beside it`, `set type: ${wanted}`)];
    return [broken(node, `${node.path} is for probes of type ${wanted} only`, null)];
  });
}

/** The target must be good for the first replica and for the last, and so for those between them. */
function target(item: ProcessItem, section: Section, agentWorkDir: string): Problem[] {
  const type = item.word([section, "type"], "none");
  const text = item.text(section, "target");
  const node = item.given(section, "target");
  if (node?.kind !== "scalar" || typeof node.value !== "string" || (type !== "tcp" && type !== "http")) return [];
  const isGood = (index: number) => {
    const filled = fillTemplate(text, item.replica(index, agentWorkDir).words);
    return (type === "tcp" ? parseHostPort(filled) : parseUrl(filled)) !== null;
  };
  if (isGood(0) && isGood(item.replicas - 1)) return [];
  const form = type === "tcp"
    ? "must be host:port, such as db:5432 or [2001:db8::1]:5432"
    : "must be a URL that begins with http:// or https://";
  return [broken(node, `${node.path} ${form}, got ${shown(node)}`, portHint(item, text))];
}

function portHint(item: ProcessItem, text: string): string | null {
  return text.includes("{{port}}") && item.portBase === 0 ? "set port_base, from which {{port}} is counted" : null;
}

function unreadableOutput(item: ProcessItem): Problem[] {
  if (item.text("readiness", "type") !== "log" || !item.isOn("log", "discard")) return [];
  const node = item.own("readiness", "type") ?? item.node;
  const message = `${item.name("readiness")} of type log needs output, and log.discard throws it away`;
  return [broken(node, message, "remove log.discard, or use another type")];
}

function twoLivenesses(item: ProcessItem): Problem[] {
  const node = item.given("health_check", "http_endpoint");
  const type = item.word(["liveness", "type"], "none");
  if (node === undefined || type === "none") return [];
  const message = `${node.path} is a liveness by itself and cannot go with liveness.type ${type}`;
  return [
    broken(
      item.own("health_check", "http_endpoint") ?? item.own("liveness", "type") ?? node,
      message,
      "remove one of the two",
    ),
  ];
}
