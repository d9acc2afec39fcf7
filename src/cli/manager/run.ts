import { Option } from "commander";
import { command } from "../command.ts";
import type { ManagerCommandFile } from "./context.ts";
import { printSetupLink } from "./setup_link.ts";

export const runCommand: ManagerCommandFile = {
  build: (contextOf) =>
    command("run", "run the manager in the foreground, its log on this terminal", [
      "agent manager run",
      "agent manager run --data-dir ./manager --listen http://127.0.0.1:8080",
      "agent manager run --log-format json   # in a container",
    ])
      .addOption(
        new Option("--log-format <format>", "what is printed").choices(["text", "json"]).default("text"),
      )
      .addOption(new Option("--background", "print nothing but a failure to start, for agent manager start").hideHelp())
      .action(async (options: { logFormat: string; background?: boolean }, self) => {
        const context = contextOf(self);
        const print = options.background === true ? "nothing" : options.logFormat === "json" ? "json" : "text";
        const { runManager } = await import("../../manager/mod.ts");
        const code = await runManager({
          load: () => context.load(),
          print,
          colour: context.colour,
          // Whoever reads JSON keeps it, and a link that is kept is none for one time: setup-link prints it there.
          onSetupLink: (link) => print === "text" ? printSetupLink(context.out, link) : undefined,
        });
        context.exitWith(code);
      }),
};
