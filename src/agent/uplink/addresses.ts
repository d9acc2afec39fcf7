import { TUNNEL_PATH } from "../../protocol/mod.ts";

/** One of the addresses at which a manager can be. */
export interface ManagerAddress {
  /** As people are shown it. */
  readonly shown: string;
  readonly tunnelUrl: URL;
  /** Where its pages begin; without a slash at the end. */
  readonly baseUrl: string;
}

/** Reads `manager.address`, whose form the config has checked: several, separated by commas. */
export function managerAddresses(text: string): ManagerAddress[] {
  return text.split(",").map((part) => part.trim()).filter((part) => part !== "").map(addressOf);
}

function addressOf(text: string): ManagerAddress {
  const url = new URL(text.includes("://") ? text : `wss://${text}`);
  const isEncrypted = url.protocol === "wss:" || url.protocol === "https:";
  // Behind a proxy a manager may have a path of its own; some name the tunnel itself.
  const path = url.pathname.replace(/\/+$/, "").replace(/\/tunnel$/, "");
  const rest = `//${url.host}${path}`;
  return {
    shown: `${isEncrypted ? "https" : "http"}:${rest}`,
    tunnelUrl: new URL(`${isEncrypted ? "wss" : "ws"}:${rest}${TUNNEL_PATH}`),
    baseUrl: `${isEncrypted ? "https" : "http"}:${rest}`,
  };
}

export function isEncrypted({ tunnelUrl }: ManagerAddress): boolean {
  return tunnelUrl.protocol === "wss:";
}
