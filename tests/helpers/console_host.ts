/** A host as the console is told of it. Apart from fake_hub.ts, which brings the manager's sources along. */
import type { HostView } from "../../src/protocol/mod.ts";

export function consoleHost(id: string, more: Partial<HostView> = {}): HostView {
  return {
    ...{ id, name: id, kind: "agent", labels: {}, state: "online", sinceMs: 0, reason: "its heartbeats come in time" },
    ...{ enrolledMs: 0, drained: false, processes: { total: 0, bad: 0 }, duplicates: [] },
    ...more,
  };
}
