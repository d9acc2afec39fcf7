import { command, type CommandFile } from "./command.ts";
import { actCommands } from "./process/act.ts";
import { addCommand, removeCommand } from "./process/add.ts";
import { showCommand } from "./process/show.ts";

export const processCommand: CommandFile = {
  build: (contextOf) => {
    const parent = command("process", "start, stop, restart, signal, add, remove and show supervised processes", [
      "agent process restart web",
      "agent process stop --label tier=web",
      "agent process add worker -- /usr/bin/worker --queue mail",
      "agent process show web",
    ]);
    for (const child of actCommands(contextOf)) parent.addCommand(child);
    return parent
      .addCommand(addCommand(contextOf))
      .addCommand(removeCommand(contextOf))
      .addCommand(showCommand(contextOf));
  },
};
