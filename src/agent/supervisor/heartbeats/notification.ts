import { oneLine } from "../../../core/mod.ts";
import type { Beat } from "./contract.ts";

const MAX_STATUS = 256;

/**
 * One message of sd_notify: https://www.freedesktop.org/software/systemd/man/latest/sd_notify.html. Null when nothing in
 * it concerns us; MAINPID too is none of our business, since the supervisor knows whom it has started.
 */
export function parseNotification(text: string): Beat | null {
  const fields = new Map<string, string>();
  for (const line of text.split("\n")) {
    const equals = line.indexOf("=");
    if (equals > 0) fields.set(line.slice(0, equals), line.slice(equals + 1));
  }
  const ready = fields.get("READY") === "1";
  const watchdog = fields.get("WATCHDOG");
  const status = statusOf(fields);
  if (!ready && watchdog !== "1" && status === "") return null;
  return {
    isAlive: ready || watchdog === "1",
    ...(ready && { ready }),
    ...(status !== "" && { status }),
  };
}

/** What it says in words, or else by what it does. */
function statusOf(fields: ReadonlyMap<string, string>): string {
  const said = oneLine(fields.get("STATUS") ?? "", MAX_STATUS);
  if (said !== "") return said;
  if (fields.get("STOPPING") === "1") return "stopping";
  if (fields.get("RELOADING") === "1") return "reloading";
  return fields.get("WATCHDOG") === "trigger" ? "says that it does not work" : "";
}
