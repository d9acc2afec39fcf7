/** What the collectors need of the rest of the agent; compose.ts supplies it. */
export interface CollectorPorts {
  /** The processes that the agent supervises now. */
  supervised(): readonly SupervisedProcess[];
  /** How many things wait in each of the agent's queues. */
  queues(): Readonly<Record<string, number>>;
}

export interface SupervisedProcess {
  readonly id: string;
  readonly pid: number;
}
