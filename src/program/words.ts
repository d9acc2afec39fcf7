/** What the two programs of this one executable are called, and what a user types to change theirs. */
export interface ProgramWords {
  readonly name: "agent" | "manager";
  /** What stands before `start`. */
  readonly command: "agent" | "agent manager";
  /** Gives it a directory of its own. */
  readonly dirFlag: "--work-dir" | "--data-dir";
  /** Config keys. */
  readonly pidFileKey: string;
  readonly logFileKey: string;
}

export const AGENT: ProgramWords = {
  name: "agent",
  command: "agent",
  dirFlag: "--work-dir",
  pidFileKey: "agent.pid_file",
  logFileKey: "agent.log.file",
};

export const MANAGER: ProgramWords = {
  name: "manager",
  command: "agent manager",
  dirFlag: "--data-dir",
  pidFileKey: "pid_file",
  logFileKey: "log.file",
};
