import type { ServerEvent } from "../http/mod.ts";
import type { AgentStatus } from "../protocol/mod.ts";
import type { AskOptions } from "./daemon.ts";

/** An agent as commands ask it: that of this host over its control socket, or another host's through its manager. */
export interface AgentReach {
  status(): Promise<AgentStatus>;
  /** At once, unless it is allowed more. */
  ask(path: string, options?: AskOptions): Promise<unknown>;
  /** What it tells from now on, until the signal aborts. `onOpen` is called when it has begun to answer. */
  follow(path: string, signal: AbortSignal, onOpen?: () => void): AsyncGenerator<ServerEvent, void>;
}
