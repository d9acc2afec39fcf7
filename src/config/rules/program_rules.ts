import type { Problem } from "../problem.ts";
import { broken } from "./broken_rule.ts";
import type { ProcessItem } from "./process_item.ts";

const MATCH_KEYS = ["name", "command_line", "pid_file", "port"] as const;
/** Types whose default arguments name the program's own config file. */
const NEED_CONFIG_FILE = ["filebeat", "telegraf"];

/** A process says what to run, or how it is found, in exactly one way. */
export function programRules(item: ProcessItem): Problem[] {
  return [...programRule(item), ...configFileRule(item), ...matchRule(item)];
}

function programRule(item: ProcessItem): Problem[] {
  const [command, binary] = [item.given("command"), item.given("binary_path")];
  if (command === undefined && binary === undefined) {
    const isKnown = item.word(["type"], "custom") !== "custom";
    if (isKnown || item.word(["pid_strategy"], "spawn") === "match") return [];
    const hint = "give it command: [program, argument, …], or binary_path";
    return [broken(item.node, `${item.node.path} has no program to run`, hint)];
  }
  const extra = command === undefined ? undefined : binary ?? item.given("args");
  if (extra === undefined) return [];
  const hint = extra === binary ? "remove one of the two" : "write the arguments into command";
  return [broken(extra, `${extra.path} cannot go with command`, hint)];
}

function configFileRule(item: ProcessItem): Problem[] {
  const type = item.text("type");
  if (!NEED_CONFIG_FILE.includes(type)) return [];
  if (["command", "args", "config_file"].some((key) => item.given(key) !== undefined)) return [];
  const isFound = item.word(["pid_strategy"], "spawn") === "match";
  if (isFound && item.given("binary_path") === undefined) return [];
  const message = `${item.node.path} of type ${type} needs config_file`;
  return [broken(item.node, message, "set config_file, or give it args of its own")];
}

function matchRule(item: ProcessItem): Problem[] {
  const strategy = item.word(["pid_strategy"], "spawn");
  const given = MATCH_KEYS.flatMap((key) => item.given("match", key) ?? []);
  const [first] = given;
  if (strategy === "spawn" && first !== undefined) {
    return [broken(first, `${first.path} is for pid_strategy match only`, "set pid_strategy: match")];
  }
  const node = item.at("pid_strategy");
  if (strategy !== "match" || node === undefined) return [];
  if (first === undefined) {
    const hint = `set ${MATCH_KEYS.slice(0, -1).join(", ")} or ${MATCH_KEYS.at(-1)} under match`;
    return [broken(node, `${node.path} match needs to know how the process is found`, hint)];
  }
  if (item.text("kind") !== "oneshot") return [];
  return [broken(node, `${node.path} match is for services only, and this is a oneshot`, null)];
}
