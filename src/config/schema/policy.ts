import * as z from "zod/mini";
import { key, onOff, section } from "./values.ts";

export function policySection() {
  return section({
    terminal: key(onOff(), "off", "Open a terminal on this host."),
    exec: key(onOff(), "off", "Run commands."),
    deploy: key(onOff(), "on", "Install and change packages and processes."),
    files: key(fileAccess(), "off", "Files of this host: off, read, or write (which includes read)."),
    forward: key(onOff(), "off", "Open connections to ports of this host and its network."),
    update: key(onOff(), "on", "Replace the agent by a new version."),
    jobs: key(onOff(), "on", "Run scheduled jobs."),
  }, "What the manager may do on this host. Only this file decides; no request can widen it.");
}

function fileAccess() {
  const words = ["off", "read", "write"] as const;
  // A plain `false` is what people write for off; `true` would not say which of the two others is meant.
  return z.pipe(
    z.union([z.enum(words), z.literal(false)], { error: "must be one of off, read, write" }),
    z.transform((value: (typeof words)[number] | false) => value === false ? "off" as const : value),
  );
}
