import { InTerminal } from "./in_terminal.ts";
import type { Managed } from "./managed.ts";

export const SHELL_SIZE = { columns: 100, rows: 30 };

/** `agent shell` of the logged-in user, in a terminal; null where there is nothing to make one with. */
export async function userShell({ managerWorld }: Managed, ...args: string[]): Promise<InTerminal | null> {
  const env = await managerWorld.env({ FARHAND_LOGIN_FILE: `${managerWorld.dir}/login.json` });
  const at = { cwd: managerWorld.dir, env, size: SHELL_SIZE };
  return await InTerminal.open(managerWorld.argv(["shell", ...args], []), at);
}
