/** One log that is followed: of a process, all its files or one of them; or a file of the host by its path. */
export interface LogSource {
  /** The host's name. */
  readonly host: string;
  /** The process's id; empty where it is a file by its path. */
  readonly process: string;
  /** Of a process `stdout`, `stderr` or one of log_paths, empty for all; or the path. */
  readonly file: string;
}

/** More at once than anybody can read. */
export const MAX_SOURCES = 24;

export function keyOf({ host, process, file }: LogSource): string {
  return [host, process, file].map(encodeURIComponent).join("/");
}

/**
 * What an address asks for: `host`, `process` (several with commas between) and `file`, as other pages link to it; `host`
 * and `path`; or `from`, which names sources of several hosts as `host/process/file`.
 */
export function sourcesOf(query: URLSearchParams): LogSource[] {
  const [host, file] = [query.get("host") ?? "", query.get("file") ?? ""];
  const processes = (query.get("process") ?? "").split(",").map((each) => each.trim()).filter((each) => each !== "");
  const path = query.get("path") ?? "";
  const found: LogSource[] = [];
  if (host !== "") {
    found.push(...processes.map((process) => ({ host, process, file })));
    if (path !== "") found.push({ host, process: "", file: path });
  }
  for (const text of (query.get("from") ?? "").split(",")) {
    const source = sourceOf(text);
    if (source !== null) found.push(source);
  }
  const byKey = new Map(found.map((source) => [keyOf(source), source]));
  return [...byKey.values()].slice(0, MAX_SOURCES);
}

/** The simplest address that asks for just these; what it does not use is empty. */
export function queryOf(sources: readonly LogSource[]): Record<"host" | "process" | "file" | "path" | "from", string> {
  const empty = { host: "", process: "", file: "", path: "", from: "" };
  const [first] = sources;
  if (first === undefined) return empty;
  const { host, process, file } = first;
  const isOneHost = sources.every((each) => each.host === host && each.file === file && each.process !== "");
  if (isOneHost && sources.every((each) => !/[,\s]/.test(each.process))) {
    return { ...empty, host, file, process: sources.map((each) => each.process).join(",") };
  }
  if (sources.length === 1 && process === "") return { ...empty, host, path: file };
  return { ...empty, from: sources.map(keyOf).join(",") };
}

function sourceOf(text: string): LogSource | null {
  const parts = text.split("/");
  if (parts.length < 2 || parts.length > 3) return null;
  try {
    const [host = "", process = "", file = ""] = parts.map(decodeURIComponent);
    return host !== "" && (process !== "" || file !== "") ? { host, process, file } : null;
  } catch {
    return null; // no link of ours holds such a thing
  }
}

/** Names that tell the sources apart and are no longer than that needs. */
export function shortNames(sources: readonly LogSource[]): string[] {
  const isSame = (pick: (source: LogSource) => string) => new Set(sources.map(pick)).size <= 1;
  const [sameHost, sameProcess] = [isSame(({ host }) => host), isSame(({ process }) => process)];
  return sources.map(({ host, process, file }) => {
    const name = process === "" ? file : process;
    const isFileNeeded = process !== "" && file !== "" &&
      sources.some((other) => other.host === host && other.process === process && other.file !== file);
    const parts = [...(sameHost ? [] : [host]), ...(sameProcess && !sameHost && process !== "" ? [] : [name])];
    return [...parts, ...(isFileNeeded ? [file] : [])].join(" ") || name;
  });
}
