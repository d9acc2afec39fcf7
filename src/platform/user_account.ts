import { accountCalls, type UserEntry } from "./linux/accounts.ts";
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

function onLinux(user: string): UserEntry | null | number {
  const byName = accountCalls.userByName(user);
  return byName === null && NUMBER.test(user) ? accountCalls.userById(Number(user)) : byName;
}
