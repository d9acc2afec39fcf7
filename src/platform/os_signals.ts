import { currentOs, select } from "./select.ts";

export interface SignalHandlers {
  /** Asked to stop; it may be asked more than once. */
  terminate(signal: Deno.Signal): void;
  /** Asked to read its config again. Windows has no such signal. */
  reload(): void;
  /** Asked to open its log files anew. Windows has no such signal. */
  reopen(): void;
}

type Meaning = keyof SignalHandlers;

/** SIGUSR1 is left alone: the runtime opens its debugger at it. */
const POSIX_SIGNALS = [
  ["SIGTERM", "terminate"],
  ["SIGINT", "terminate"],
  ["SIGQUIT", "terminate"],
  ["SIGHUP", "reload"],
  ["SIGUSR2", "reopen"],
] as const satisfies readonly (readonly [Deno.Signal, Meaning])[];

const WINDOWS_SIGNALS = [
  ["SIGINT", "terminate"],
  ["SIGBREAK", "terminate"],
] as const satisfies readonly (readonly [Deno.Signal, Meaning])[];

/** Listens to the signals that the system sends to a program; the returned function stops listening. */
export function onSignal(handlers: SignalHandlers): () => void {
  const signals = select<readonly (readonly [Deno.Signal, Meaning])[]>({
    linux: POSIX_SIGNALS,
    darwin: POSIX_SIGNALS,
    windows: WINDOWS_SIGNALS,
  });
  const removals = signals.map(([signal, meaning]) => {
    const listener = () => handlers[meaning](signal);
    Deno.addSignalListener(signal, listener);
    return () => Deno.removeSignalListener(signal, listener);
  });
  return () => removals.splice(0).forEach((remove) => remove());
}

/** Calls back when the terminal's size has changed. Windows does not tell: whoever draws there asks for the size. */
export function onTerminalResize(act: () => void): () => void {
  if (currentOs() === "windows") return () => {};
  Deno.addSignalListener("SIGWINCH", act);
  return () => Deno.removeSignalListener("SIGWINCH", act);
}
