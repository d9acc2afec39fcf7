import type { TaskResult } from "../../protocol/mod.ts";

/** What tasks need of the rest of the agent; compose_uplink.ts supplies it. */
export interface TaskPorts {
  /** The agent's own control API, as the manager may use it at this moment. */
  call(request: Request): Promise<Response>;
  /** Tells the manager; resolves once it has it, rejects with `unavailable` while there is no tunnel. */
  report(result: TaskResult, signal: AbortSignal): Promise<void>;
  /** Whether somebody whom a gate has let in is the manager, which alone delivers tasks. */
  isManager(caller: unknown): boolean;
}
