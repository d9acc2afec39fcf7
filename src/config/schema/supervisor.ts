import { duration, key, listenAddress, onOff, section, wholeNumber } from "./values.ts";

/** Where the agents that are already there send their heartbeats. */
export const HEARTBEAT_ADDRESS = "127.0.0.1:8081";

export function supervisorSection() {
  return section({
    usage_interval: key(
      duration({ min: "1s", example: "10s" }),
      "10s",
      "How often the use of each process is measured.",
    ),
    cgroups: key(
      onOff(),
      true,
      "Whether limits of processes are enforced by control groups, where the agent may make any.",
    ),
    heartbeat: section({
      listen: key(listenAddress(), HEARTBEAT_ADDRESS, "Address for POST /heartbeat; empty for off."),
      rate_limit: key(wholeNumber(1, 1_000_000), 20_000, "Heartbeats per second that are taken; more get status 429."),
    }, "Where supervised programs send heartbeats over HTTP. It listens while there are processes."),
    events: section({
      max_count: key(wholeNumber(100, 10_000_000), 20_000, "Number of events kept."),
      max_age: key(duration({ min: "1h", example: "7d" }), "14d", "Age up to which they are kept."),
    }, "What is remembered of the processes' lives."),
  }, "How programs are supervised.");
}
