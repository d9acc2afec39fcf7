import type { Command } from "commander";
import { AppError } from "../../core/mod.ts";
import { settingsRules } from "../../protocol/mod.ts";
import { command } from "../command.ts";
import { localTime, type Output } from "../output.ts";
import { safeText } from "../safe_text.ts";
import type { ManagerCommandFile, ManagerContext } from "./context.ts";

interface SelectOptions {
  readonly select: string;
}

type Of = (self: Command) => ManagerContext;

const PATH = "/api/v1/settings";
const SELECT = "the hosts that all these terms hold for: env=prod,name=web-*; all when it is not given";

export const settingsCommand: ManagerCommandFile = {
  build: (contextOf) =>
    listCommand(contextOf, "settings")
      .addCommand(listCommand(contextOf, "list"))
      .addCommand(setCommand(contextOf))
      .addCommand(unsetCommand(contextOf)),
};

function listCommand(contextOf: Of, name: "settings" | "list"): Command {
  const about = name === "settings" ? "list and change what can change while agents run" : "list the settings";
  return command(name, about, [
    "agent manager settings",
    "agent manager settings set collectors.interval=30s",
    "agent manager settings set --select env=prod manager.heartbeat_interval=5s",
    "agent manager settings unset --select env=prod manager.heartbeat_interval",
  ])
    .option("--json", "print JSON")
    .action(async (_, self: Command) => {
      const { out, api, signal } = contextOf(self);
      print(out, await (await api()).call(PATH, { signal }));
    });
}

function setCommand(contextOf: Of): Command {
  return command("set", "set keys of the agents' config, for all hosts or some", [
    "agent manager settings set collectors.interval=30s",
    "agent manager settings set --select name=db-* collectors.disk.enabled=off",
  ])
    .argument("<key=value...>", "what to set")
    .option("--select <selector>", SELECT, "")
    .option("--json", "print JSON")
    .action((pairs: string[], { select }: SelectOptions, self: Command) => {
      const values = pairs.map((pair): [string, unknown] => {
        const equals = pair.indexOf("=");
        if (equals > 0) return [pair.slice(0, equals).trim(), valueOf(pair.slice(equals + 1))];
        throw new AppError("invalid_input", `A setting is written as key=value, not "${pair}"`);
      });
      return put(contextOf(self), select, values);
    });
}

function unsetCommand(contextOf: Of): Command {
  return command("unset", "take keys out again, by which the host's own config holds", [
    "agent manager settings unset collectors.interval",
  ])
    .argument("<key...>", "what to take out")
    .option("--select <selector>", SELECT, "")
    .option("--json", "print JSON")
    .action((keys: string[], { select }: SelectOptions, self: Command) =>
      put(contextOf(self), select, keys.map((key) => [key, null]))
    );
}

async function put({ out, api, signal }: ManagerContext, select: string, values: [string, unknown][]): Promise<void> {
  const body = { select, values: Object.fromEntries(values) };
  print(out, await (await api()).call(PATH, { method: "PUT", body, signal }));
}

/** Numbers, lists and mappings as JSON has them; everything else is text, as `30s` and `on` are. */
export function valueOf(text: string): unknown {
  if (!/^(?:-?\d|\[|\{|"|true$|false$)/.test(text.trim())) return text;
  try {
    return JSON.parse(text);
  } catch {
    // 30s and 2024-01-02 begin as numbers do; the manager says what is wrong with what is wrong.
    return text;
  }
}

function print(out: Output, answer: unknown): void {
  const rules = settingsRules().parse(answer);
  out.either(rules, () => {
    if (rules.rules.length === 0) return out.line("No settings: each host's own config holds");
    const rows = rules.rules.flatMap(({ select, values, updatedMs, updatedBy }) =>
      Object.entries(values).map(([key, value]) =>
        [
          select || "all",
          key,
          typeof value === "string" ? value : JSON.stringify(value),
          localTime(updatedMs),
          updatedBy,
        ].map(safeText)
      )
    );
    out.table(["HOSTS", "KEY", "VALUE", "CHANGED", "BY"], rows);
  });
}
