/** What a system tells of one process besides its row in the table of processes. What it does not tell is absent. */
export interface MemberFiles {
  /** Since the process began; of storage where the system tells it apart. */
  readonly readBytes?: number | undefined;
  readonly writtenBytes?: number | undefined;
  readonly openFiles?: number | undefined;
}

export interface MemberReader {
  /** Before the first reading of a measurement: the present moment as start times of identities tell it, if known. */
  begin(): number | undefined;
  /** Null for a process that has ended. `openFiles` is asked for apart, because to count them may be slow. */
  read(pid: number, wantsOpenFiles: boolean): MemberFiles | null;
  /** After the last one. */
  end(): void;
  /** What processes occupy together, pages that they share counted once; undefined where one of them is not told. */
  exactMemoryBytes(pids: readonly number[]): number | undefined;
}
