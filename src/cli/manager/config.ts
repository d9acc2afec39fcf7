import { effectiveEntries, managerJsonSchema, redactedTree, redactedYaml } from "../../config/mod.ts";
import { command } from "../command.ts";
import type { ManagerCommandFile, ManagerContext } from "./context.ts";

export const configCommand: ManagerCommandFile = {
  build: (contextOf) => {
    const parent = command("config", "check and show the manager's configuration", [
      "agent manager config check --config new.yaml",
      "agent manager config show",
    ]);
    parent.addCommand(
      command("check", "read the config as a start would and say what is wrong with it", [
        "agent manager config check --config new.yaml",
      ])
        .option("--json", "print JSON")
        .action((_, self) => check(contextOf(self))),
    );
    parent.addCommand(
      command("show", "print the effective value of every key and where it came from", [
        "agent manager config show",
        "agent manager config show --yaml",
      ])
        .option("--json", "print the effective config as JSON")
        .option("--yaml", "print the effective config as YAML")
        .action((options: { yaml?: boolean }, self) => show(contextOf(self), options.yaml === true)),
    );
    parent.addCommand(
      command("schema", "print the JSON schema of the config, for editors", ["agent manager config schema"])
        .action((_, self) => contextOf(self).out.data(managerJsonSchema())),
    );
    return parent;
  },
};

async function check({ load, out }: ManagerContext): Promise<void> {
  const { file, warnings } = await load();
  out.either({ file, valid: true, warnings }, () => {
    out.line(`${out.green("valid:")} ${file ?? "no config file; the defaults apply"}`);
    for (const warning of warnings) out.line(`${out.yellow("warning:")} ${warning}`);
  });
}

async function show({ load, out }: ManagerContext, yaml: boolean): Promise<void> {
  const loaded = await load();
  if (yaml) return out.line(redactedYaml(loaded.config).trimEnd());
  if (out.json) return out.data(redactedTree(loaded.config));
  out.table(
    ["KEY", "VALUE", "ORIGIN"],
    effectiveEntries(loaded).map(({ path, value, origin }) => [path, value, origin]),
    (column, text) => column === 2 && text === "default" ? out.dim : undefined,
  );
}
