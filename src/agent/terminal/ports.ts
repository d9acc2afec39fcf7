import type { Config } from "../../config/mod.ts";
import type { Launcher, Pty, PtyOptions } from "../../platform/mod.ts";

export type TerminalConfig = Config["terminal"];

/** What a terminal is opened with besides how it is shown. */
export type ShellOptions = Omit<PtyOptions, "cols" | "rows" | "onData" | "onDrain">;

/** What terminals need of the system; tests have one without. */
export interface TerminalSystem {
  open(options: PtyOptions): Pty;
  /** For as long as programs are to be ended. */
  launcher(): Pick<Launcher, "members" | "signalTree" | "killTree" | "close">;
  /** What is run for whoever opens one. */
  plan(config: TerminalConfig, wanted: { readonly id: string; readonly term: string }): ShellPlan;
  close(): void;
}

export interface ShellPlan extends ShellOptions {
  /** Whose shell it is, to be shown. */
  readonly userName: string;
}
