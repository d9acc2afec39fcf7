import { configJsonSchema, effectiveEntries, redactedTree, redactedYaml } from "../config/mod.ts";
import { command, type CommandFile } from "./command.ts";
import type { CliContext } from "./context.ts";

export const configCommand: CommandFile = {
  build: (contextOf) => {
    const parent = command("config", "check and show the configuration", [
      "agent config check --config new.yaml",
      "agent config show",
      "agent config schema > agent.schema.json",
    ]);
    parent.addCommand(
      command("check", "read the config as a start would and say what is wrong with it", [
        "agent config check --config new.yaml",
      ])
        .option("--json", "print JSON")
        .action((_, self) => check(contextOf(self))),
    );
    parent.addCommand(
      command("show", "print the effective value of every key and where it came from; secrets redacted", [
        "agent config show",
        "agent config show --json",
        "AGENT_LOG_LEVEL=debug agent config show | grep log.level",
      ])
        .option("--json", "print the effective config as JSON")
        .option("--yaml", "print the effective config as YAML")
        .action((options: { yaml?: boolean }, self) => show(contextOf(self), options.yaml === true)),
    );
    parent.addCommand(
      command("schema", "print the JSON schema of the config, for editors", ["agent config schema > agent.schema.json"])
        .action((_, self) => contextOf(self).out.data(configJsonSchema())),
    );
    return parent;
  },
};

async function check({ load, out }: CliContext): Promise<void> {
  const { file, warnings } = await load();
  out.either({ file, valid: true, warnings }, () => {
    out.line(`${out.green("valid:")} ${file ?? "no config file; the defaults apply"}`);
    for (const warning of warnings) out.line(`${out.yellow("warning:")} ${warning}`);
  });
}

async function show({ load, out }: CliContext, yaml: boolean): Promise<void> {
  const loaded = await load();
  if (yaml) return out.line(redactedYaml(loaded.config).trimEnd());
  if (out.json) return out.data(redactedTree(loaded.config));
  const rows = effectiveEntries(loaded).map(({ path, value, origin }) => [path, value, origin]);
  out.table(
    ["KEY", "VALUE", "ORIGIN"],
    rows,
    (column, text) => column === 2 && text === "default" ? out.dim : undefined,
  );
}
