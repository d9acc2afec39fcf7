/** In what a command runs that probes a process. */
export interface ProbeContext {
  /** The whole environment. Without the marker of the process, of whose tree the command is no part. */
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  /** As whom; the agent's own user without them. */
  readonly uid?: number;
  readonly gid?: number;
}
