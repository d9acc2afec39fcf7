import type { KeptProcess } from "../kept_process.ts";
import { OwnSource } from "../own_source.ts";
import { findAppLogs, isNamed } from "./app_files.ts";
import type { SearchedLog } from "./log_cursor.ts";
import type { SearchedProcess } from "./search_query.ts";

export interface SearchedLogs {
  readonly logs: SearchedLog[];
  /** What is there and cannot be searched. */
  readonly problems: readonly string[];
}

/** The logs of these processes that a name means, or all of them: each file once, whoever else uses it. */
export function logsOf(
  processes: readonly (readonly [SearchedProcess, KeptProcess])[],
  name: string | undefined,
): SearchedLogs {
  const logs: SearchedLog[] = [];
  const problems: string[] = [];
  const known = new Set<string>();
  const isNew = (key: string) => !known.has(key) && known.add(key) !== undefined;
  for (const [process, kept] of processes) {
    const told = { process: process.name, processId: process.id };
    for (const [stream, { file }] of kept.files) {
      const isMeant = name === undefined || name === stream || name === file.path;
      if (isMeant && isNew(file.path)) logs.push({ ...told, file: stream, source: new OwnSource(stream, file) });
    }
    const ownPaths = [...kept.files.values()].map(({ file }) => file.path);
    const isWanted = (path: string) => !ownPaths.includes(path) && (name === undefined || isNamed(name, path));
    const found = findAppLogs(kept.logs.logPaths, isWanted);
    problems.push(...found.problems);
    for (const { path, rotated, source } of found.logs) {
      if (!isNew(`${path} ${rotated ?? ""}`)) continue;
      const close = () => source[Symbol.dispose]();
      logs.push({ ...told, file: path, ...(rotated !== undefined && { rotated }), source, close });
    }
  }
  return { logs, problems };
}
