/** A whole agent and a small manager that belong together. */
import { type AgentIn, startAgentIn } from "./agent_in.ts";
import { type FakeManager, type FakeManagerOptions, startFakeManager } from "./fake_manager.ts";
import { until } from "./host.ts";
import { inTempDir } from "./temp_dir.ts";

/** For tests that do not wait for what takes minutes in the field; with the token that a fake manager knows. */
export const FAST = ["collectors.interval=1s", "manager.reconnect_interval=1s", "manager.token=join-token-1"];
/** An agent whose manager is the given one. */
export function agentOf(manager: FakeManager, dir: string, ...sets: string[]): Promise<AgentIn> {
  return startAgentIn(dir, ...FAST, `manager.address=${manager.address}`, ...sets);
}

export async function withBoth(
  options: FakeManagerOptions,
  sets: readonly string[],
  use: (manager: FakeManager, agent: AgentIn) => Promise<void>,
): Promise<void> {
  await inTempDir(async (dir) => {
    await using manager = startFakeManager(options);
    await using agent = await agentOf(manager, dir, ...sets);
    await use(manager, agent);
  });
}

/** Waits for one heartbeat more, or so many in all. */
export const untilBeat = (manager: FakeManager, count = manager.heartbeats.length + 1) =>
  until(() => manager.heartbeats.length >= count, `there are ${count} heartbeats`);
