import { Duration } from "../../core/mod.ts";
import { quoted } from "../node.ts";
import type { Problem } from "../problem.ts";
import { fillTemplate } from "../template.ts";
import { longSocket } from "./agent_rules.ts";
import { broken } from "./broken_rule.ts";
import type { ProcessItem } from "./process_item.ts";

const MAX_PORT = 65_535;

/** What a process is given from its start to its end. */
export function lifeRules(item: ProcessItem, agentWorkDir: string, maxSocketPathBytes: number): Problem[] {
  return [
    ...backoffRule(item),
    ...outputRules(item),
    ...portRule(item),
    ...replicaRules(item, agentWorkDir),
    ...socketRule(item, agentWorkDir, maxSocketPathBytes),
  ];
}

/** Where only one of the two is given, the longest wait holds against the other's default. */
function backoffRule(item: ProcessItem): Problem[] {
  const [base, most] = [item.at("restart", "backoff_base"), item.at("restart", "backoff_max")];
  if (base === undefined || most === undefined || [base, most].some(({ origin }) => origin.kind === "default")) {
    return [];
  }
  const [baseText, mostText] = [item.text("restart", "backoff_base"), item.text("restart", "backoff_max")];
  const [first, longest] = [Duration.parse(baseText), Duration.parse(mostText)];
  if (first === null || longest === null || first.ms <= longest.ms) return [];
  const isOwn = item.own("restart", "backoff_base") !== undefined;
  const message = isOwn
    ? `${base.path} ${first} is longer than ${most.path}, which is ${longest}`
    : `${most.path} ${longest} is shorter than ${base.path}, which is ${first}`;
  return [broken(isOwn ? base : most, message, "raise backoff_max, or lower backoff_base")];
}

function outputRules(item: ProcessItem): Problem[] {
  const isDiscarded = item.isOn("log", "discard");
  const [out, error] = [item.own("log", "stdout"), item.own("log", "stderr")];
  if (isDiscarded) {
    return [out, error].flatMap((node) =>
      node === undefined ? [] : [broken(node, `${node.path} cannot go with log.discard`, "remove one of the two")]
    );
  }
  if (error === undefined) return [];
  if (item.isOn("log", "merge")) {
    return [broken(error, `${error.path} cannot go with log.merge`, "remove one of the two")];
  }
  if (item.text("log", "stdout") !== item.text("log", "stderr")) return [];
  return [broken(error, `${error.path} is the file of log.stdout`, "set log.merge: on, and leave log.stderr out")];
}

function portRule(item: ProcessItem): Problem[] {
  const { portBase, replicas } = item;
  const node = item.at("port_base");
  if (node === undefined || portBase === 0 || portBase > MAX_PORT || portBase + replicas - 1 <= MAX_PORT) return [];
  const message = `${node.path} ${portBase} is too high for ${replicas} replicas: the last would have port ${
    portBase + replicas - 1
  }`;
  return [broken(node, message, `choose at most ${MAX_PORT - replicas + 1}`)];
}

/** Several replicas cannot share what belongs to one process alone. */
function replicaRules(item: ProcessItem, agentWorkDir: string): Problem[] {
  if (item.replicas === 1) return [];
  const [first, second] = [item.replica(0, agentWorkDir), item.replica(1, agentWorkDir)];
  const isMatch = item.word(["pid_strategy"], "spawn") === "match";
  const keys = [["socket_path"], ["log", "stdout"], ["log", "stderr"], ...(isMatch ? [["match", "pid_file"]] : [])];
  const shared = keys.flatMap((path) => {
    const node = item.given(...path);
    const text = item.text(...path);
    if (node === undefined || text === "" || fillTemplate(text, first.words) !== fillTemplate(text, second.words)) {
      return [];
    }
    const message = `${node.path} must be another one for each of the ${item.replicas} replicas of ${quoted(item.id)}`;
    return [broken(node, message, "write {{index}} or {{id}} into it")];
  });
  return [...shared, ...(isMatch ? sameMatch(item, agentWorkDir) : [])];
}

/** Without anything that differs, each replica would find the same process. */
function sameMatch(item: ProcessItem, agentWorkDir: string): Problem[] {
  const texts = ["pid_file", "command_line"].map((key) => item.text("match", key));
  const [one, other] = [0, 1].map((index) =>
    texts.map((text) => fillTemplate(text, item.replica(index, agentWorkDir).words)).join("\n")
  );
  const node = item.at("replicas");
  if (node === undefined || one !== other || item.given("match", "pid_file") !== undefined) return [];
  const message = `${node.path} ${item.replicas} cannot be told apart by what is under match`;
  return [broken(node, message, "write {{index}} into match.pid_file or match.command_line, or remove replicas")];
}

function socketRule(item: ProcessItem, agentWorkDir: string, limit: number): Problem[] {
  const node = item.given("socket_path");
  const text = item.text("socket_path");
  if (node === undefined || text === "") return [];
  return longSocket(node, node.path, fillTemplate(text, item.replica(item.replicas - 1, agentWorkDir).words), limit);
}
