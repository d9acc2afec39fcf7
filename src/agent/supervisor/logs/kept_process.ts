import { basename } from "node:path";
import { AppError } from "../../../core/mod.ts";
import type { LogFileReport } from "../../../protocol/mod.ts";
import { AppSource, fileOrNull } from "./app_source.ts";
import type { KeptLogs } from "./contract.ts";
import { AppFollower, type Follower, SourceFollower } from "./followers.ts";
import type { KeptFile } from "./kept_file.ts";
import type { LogSource } from "./log_source.ts";
import { OwnSource } from "./own_source.ts";
import { filesMatching } from "./path_pattern.ts";

/** So many names a message tells. */
const MAX_NAMED = 20;

/** What is kept of one process. */
export interface KeptProcess {
  readonly logs: KeptLogs;
  /** By the names of its streams; the same file twice where both go to one. */
  readonly files: ReadonlyMap<string, KeptFile>;
}

/** The logs that a user means: one by its name, or those of its streams, each file once. */
export function sourcesOf({ logs, files }: KeptProcess, name: string | undefined): LogSource[] {
  if (name === undefined) return streamsOf(files).map(([stream, { file }]) => new OwnSource(stream, file));
  const own = files.get(name);
  if (own !== undefined) return [new OwnSource(name, own.file)];
  return [new AppSource(appFileNamed(name, logs, [...files.keys()]))];
}

export function followerOf(source: LogSource, offset: number): Follower {
  return source instanceof AppSource ? new AppFollower(source.name, offset) : new SourceFollower(source, offset);
}

export function filesOf({ logs, files }: KeptProcess): LogFileReport[] {
  const own = streamsOf(files).map(([name, { file }]): LogFileReport => {
    file.look();
    const size = file.isPresent ? { sizeBytes: file.liveBytes } : {};
    return { name, path: file.path, ...size, rotated: file.slots.length };
  });
  const others = appFiles(logs).map((path): LogFileReport => {
    return { name: path, path, sizeBytes: fileOrNull(path)?.size ?? 0, rotated: 0 };
  });
  return [...own, ...others];
}

/** Under its first name where both streams go to one file. */
function streamsOf(files: ReadonlyMap<string, KeptFile>): [stream: string, kept: KeptFile][] {
  const all = [...files];
  return all.filter(([, kept], index) => all.findIndex(([, other]) => other === kept) === index);
}

function appFiles(logs: KeptLogs): string[] {
  return [...new Set(logs.logPaths.flatMap(filesMatching))];
}

/** By the whole path, or by its last part where no other has the same. Nothing but log_paths can be read by it. */
function appFileNamed(name: string, logs: KeptLogs, streams: readonly string[]): string {
  const paths = appFiles(logs);
  if (paths.includes(name)) return name;
  const [only, another] = paths.filter((path) => basename(path) === name);
  if (only !== undefined && another === undefined) return only;
  const known = [...streams, ...paths].slice(0, MAX_NAMED);
  const list = known.length === 0 ? "it has none" : `it has ${known.join(", ")}`;
  throw new AppError("not_found", `Process ${logs.id} has no log file "${name}": ${list}`);
}
