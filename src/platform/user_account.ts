import { accountCalls, loginShell, type UserEntry } from "./linux/accounts.ts";
import { select } from "./select.ts";

const NUMBER = /^\d+$/;

/** The account of a user by name or number; null for none, or where this system is not asked. */
export function userAccount(user: string): UserEntry | null {
  const none = () => null;
  const found = select<(user: string) => UserEntry | null | number>({ linux: onLinux, darwin: none, windows: none })(
    user,
  );
  return typeof found === "number" ? null : found;
}

/** The account that a terminal is opened for, "" for the agent's own, and its login shell; null as above. */
export function loginAccount(user: string): (UserEntry & { readonly shell: string }) | null {
  const found = userAccount(user === "" ? String(Deno.uid() ?? "") : user);
  return found === null ? null : { ...found, shell: loginShell(found.name) };
}

function onLinux(user: string): UserEntry | null | number {
  const byName = accountCalls.userByName(user);
  return byName === null && NUMBER.test(user) ? accountCalls.userById(Number(user)) : byName;
}
