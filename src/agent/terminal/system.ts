import { commandEnvironment, createLauncher, createPtys, currentAccount, loginAccount } from "../../platform/mod.ts";
import type { TerminalSystem } from "./ports.ts";
import { planShell } from "./shell_plan.ts";

/** This host. */
export function createTerminalSystem(): TerminalSystem {
  const ptys = createPtys();
  return {
    open: (options) => ptys.open(options),
    close: () => ptys.close(),
    launcher: () => createLauncher(),
    plan: (config, wanted) =>
      planShell(config, wanted, {
        account: currentAccount(),
        path: commandEnvironment()["PATH"] ?? "",
        login: loginAccount(config.user),
        isDirectory,
      }),
  };
}

function isDirectory(path: string): boolean {
  try {
    return Deno.statSync(path).isDirectory;
  } catch {
    return false; // whatever is wrong with it, nobody can begin there
  }
}
