/** Where one measurement of a supervisor takes place; whatever happens, nothing of it is left. */
import { basename, join } from "node:path";
import { endMembers } from "./supervise_census.ts";
import { makePrograms, type Place, type Script } from "./supervise_programs.ts";
import { Reports } from "./supervise_reports.ts";
import { type Program, run, type Subject, type SubjectKind } from "./supervise_subject.ts";

export interface Scene {
  readonly place: Place;
  readonly reports: Reports;
  readonly programs: readonly Program[];
  readonly subject: Subject;
}

export interface Cast {
  readonly script: Script;
  readonly count: number;
  readonly autostart: boolean;
  /** For the script `lines`. */
  readonly lines?: number;
}

const open: (() => Promise<void>)[] = [];
let isClosing = false;

/** Ends all that is running, what came last first, and lets nothing begin; for a signal, which reaches no `finally`. */
export async function closeAll(): Promise<void> {
  isClosing = true;
  for (const close of open.toReversed()) await close();
}

/** What ends a thing once, however often it is asked to and by whom. */
function ending(end: () => Promise<void>): () => Promise<void> {
  let ended: Promise<void> | undefined;
  const once = () => ended ??= end().finally(() => open.splice(open.indexOf(once), 1));
  open.push(once);
  return once;
}

export async function withPlace<T>(use: (place: Place, reports: Reports) => Promise<T>): Promise<T> {
  if (isClosing) throw new Error("The benchmark was interrupted");
  const dir = await Deno.makeTempDir({ prefix: "farhand-bench-" });
  const place = { dir, mark: basename(dir), pipe: join(dir, "reports") };
  const close = ending(async () => {
    await endMembers(place.mark);
    await Deno.remove(dir, { recursive: true });
  });
  try {
    const reports = await Reports.open(place.pipe);
    try {
      return await use(place, reports);
    } finally {
      await reports.close();
    }
  } finally {
    await close();
  }
}

/** A supervisor with its programs, not launched yet. It is ended before its programs are, lest it start them anew. */
export async function withSubject<T>(kind: SubjectKind, cast: Cast, use: (scene: Scene) => Promise<T>): Promise<T> {
  return await withPlace(async (place, reports) => {
    const programs = await makePrograms(place, cast.script, cast.count, cast.lines);
    await Deno.mkdir(join(place.dir, "written"));
    await run("mkfifo", [join(place.dir, "never")]);
    const subject = kind.open({ dir: place.dir, programs, autostart: cast.autostart });
    const end = ending(async () => {
      await subject.end().catch((error) => {
        if (!isClosing) console.error(`${kind.name} was not ended well: ${error.message}`);
      });
      await endMembers(place.mark); // before the pipe of the reports is closed, on which they may wait
    });
    try {
      return await use({ place, reports, programs, subject });
    } finally {
      await end();
    }
  });
}
