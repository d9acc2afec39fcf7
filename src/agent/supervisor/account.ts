import { isPrivileged, userAccount } from "../../platform/mod.ts";

/** Whom something is to be done for, or given to, where that is another than the agent itself: only root can do that. */
export function accountOf(user: string): { readonly uid?: number; readonly gid?: number } {
  const account = user === "" || !isPrivileged() ? null : userAccount(user);
  return account === null ? {} : { uid: account.uid, gid: account.gid };
}
