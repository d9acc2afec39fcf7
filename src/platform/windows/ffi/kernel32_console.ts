/** kernel32, the part about consoles. */
import { lazy } from "../../lazy.ts";
import { openLibrary } from "./library.ts";

// https://learn.microsoft.com/windows/console/generateconsolectrlevent
const CTRL_BREAK_EVENT = 1;
// https://learn.microsoft.com/windows/console/getstdhandle
const STANDARD_HANDLES = [0xffff_fff6, 0xffff_fff5, 0xffff_fff4];

const symbols = lazy(() =>
  openLibrary("kernel32.dll", {
    AttachConsole: { parameters: ["u32"], result: "i32" },
    FreeConsole: { parameters: [], result: "i32" },
    GenerateConsoleCtrlEvent: { parameters: ["u32", "u32"], result: "i32" },
    GetConsoleProcessList: { parameters: ["buffer", "u32"], result: "u32" },
    GetStdHandle: { parameters: ["u32"], result: "usize" },
    SetStdHandle: { parameters: ["u32", "usize"], result: "i32" },
  })
);

/**
 * Sends Ctrl+Break to the process group that a living process leads, on the console that it was given. One must be on
 * that console to do so, and can be on one only; so where we have our own, as in the foreground, the answer is false,
 * as it is for a program without a console. An agent in the background has none.
 */
export function sendBreak(groupLeaderPid: number): boolean {
  if (symbols().GetConsoleProcessList(new Uint32Array(1), 1) !== 0) return false;
  // Attaching may put the console in the place of what we have, and then takes that away.
  const own = STANDARD_HANDLES.map((which) => [which, symbols().GetStdHandle(which)] as const);
  if (symbols().AttachConsole(groupLeaderPid) === 0) return false;
  try {
    return symbols().GenerateConsoleCtrlEvent(CTRL_BREAK_EVENT, groupLeaderPid) !== 0;
  } finally {
    symbols().FreeConsole();
    for (const [which, handle] of own) symbols().SetStdHandle(which, handle);
  }
}
