import { lazy } from "../lazy.ts";
import { LIBRARY } from "./library.ts";

const symbols = lazy(() =>
  Deno.dlopen(LIBRARY, {
    getpgid: { parameters: ["i32"], result: "i32" },
    getsid: { parameters: ["i32"], result: "i32" },
  }).symbols
);

/** The process group and the session of a process; 0 for one that is gone or not to be looked at. */
export function groupAndSession(pid: number): { readonly processGroup: number; readonly session: number } {
  const { getpgid, getsid } = symbols();
  return { processGroup: Math.max(0, getpgid(pid)), session: Math.max(0, getsid(pid)) };
}
