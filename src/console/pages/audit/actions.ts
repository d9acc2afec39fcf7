/** Actions that the audit knows, to choose from; any other can be typed. */
export const KNOWN_ACTIONS: readonly string[] = [
  ...["session.create", "session.end", "setup.finish"],
  ...["user.create", "user.change", "user.password", "user.remove", "token.create", "token.revoke"],
  ...["join.create", "join.revoke", "host.change", "host.remove", "host.enrol"],
  ...["task.create", "task.cancel", "host.exec", "process.start", "process.stop", "process.restart", "process.signal"],
  ...["process.add", "process.remove", "agent.reload", "agent.log_level"],
  ...["settings.change", "settings.remove", "terminal.open", "terminal.end", "recording.watch", "recording.remove"],
  ...["file.read", "file.tail", "file.zip", "file.upload", "file.upload_commit"],
];

export const SPANS = ["", "1h", "24h", "7d", "30d"] as const;
export type Span = (typeof SPANS)[number];

/** Of an entry's details one line for each, nested ones with dots, so that they can be read at a glance. */
export function detailLines(details: Readonly<Record<string, unknown>>, prefix = ""): [key: string, value: string][] {
  return Object.entries(details).flatMap(([name, value]): [string, string][] => {
    const key = prefix === "" ? name : `${prefix}.${name}`;
    const isNested = typeof value === "object" && value !== null && !Array.isArray(value);
    if (isNested && Object.keys(value).length > 0 && key.split(".").length < MAX_DEPTH) {
      return detailLines(value as Readonly<Record<string, unknown>>, key);
    }
    return [[key, textOf(value)]];
  }).slice(0, MAX_LINES);
}

const MAX_LINES = 200;
const MAX_DEPTH = 6;

function textOf(value: unknown): string {
  if (typeof value === "string") return value === "" ? '""' : value;
  if (Array.isArray(value) && value.every((item) => typeof item !== "object")) return value.map(String).join(" ");
  return JSON.stringify(value) ?? "";
}
