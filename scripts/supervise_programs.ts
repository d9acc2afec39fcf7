/** The programs that the benchmark of supervisors has supervised: shell scripts that say at once that they run. */
import { join } from "node:path";
import { ID, MARK, PART } from "./supervise_census.ts";
import type { Program } from "./supervise_subject.ts";

export const SCRIPTS = ["idle", "lines", "counter", "tree"] as const;
export type Script = (typeof SCRIPTS)[number];

export const LINE_BYTES = 100;
export const TREE_PARTS = ["", "child", "setsid", "double", "daemon"] as const;
const FOREVER = "sleep 1000000";

export interface Place {
  readonly dir: string;
  readonly mark: string;
  readonly pipe: string;
}

/** Interpreter and text of each script; `$1` is the id of the program. */
function sourceOf(script: Script, { dir, pipe }: Place, lines: number): { shell: string; text: string } {
  const here = `echo "$1 $$" >"${pipe}"`;
  switch (script) {
    case "idle":
      return { shell: "/bin/sh", text: `${here}\nexec ${FOREVER}` };
    case "lines": {
      const line = "x".repeat(LINE_BYTES - 1);
      const text = `${here}\nyes ${line} | head -n ${lines}\necho "$1.end $$" >"${pipe}"\nexec ${FOREVER}`;
      return { shell: "/bin/sh", text };
    }
    case "counter":
      return { shell: "/bin/bash", text: counter(dir, here) };
    case "tree":
      return { shell: "/bin/sh", text: tree(here) };
  }
}

/**
 * Prints ten numbers a second, and notes each number in a file of its own after it was printed: what is in that file and
 * not in the log was lost. It is one process, for bash can wait without one more.
 */
function counter(dir: string, here: string): string {
  return [
    `exec 3<>"${join(dir, "never")}" 4>>"${join(dir, "written")}/$1.$$"`,
    here,
    "n=0",
    'while :; do n=$((n+1)); echo "$$ $n"; echo "$n" >&4; read -rt 0.1 -u 3; done',
  ].join("\n");
}

/** Five processes that ignore SIGTERM: what is ignored stays so in all descendants. */
function tree(here: string): string {
  return [
    "trap '' TERM",
    `${PART}=child sh -c '${PART}=setsid setsid ${FOREVER} & wait' &`,
    `( ${PART}=double ${FOREVER} & )`,
    `( ${PART}=daemon setsid ${FOREVER} & )`,
    "sleep 0.3", // so that all are there when it says that it runs
    here,
    "wait",
  ].join("\n");
}

/** Writes a script and describes `count` programs that run it. */
export async function makePrograms(place: Place, script: Script, count: number, lines = 0): Promise<Program[]> {
  const path = join(place.dir, `${script}.sh`);
  const { shell, text } = sourceOf(script, place, lines);
  await Deno.writeTextFile(path, text + "\n");
  const width = String(count).length;
  return Array.from({ length: count }, (_, at) => {
    const id = `p${String(at + 1).padStart(width, "0")}`;
    return { id, argv: [shell, path, id], env: { [MARK]: place.mark, [ID]: id } };
  });
}
