import { duration, key, section, wholeNumber } from "../values.ts";

/** Also for the rules that compare one with another. */
export const HOST_TIMES = { heartbeat_interval: "10s", unreachable_after: "30s", offline_after: "90s" } as const;

export function hostsSection() {
  return section({
    heartbeat_interval: key(
      duration({ min: "1s", example: "10s" }),
      HOST_TIMES.heartbeat_interval,
      "How often hosts report, unless a dynamic setting says otherwise.",
    ),
    unreachable_after: key(
      duration({ min: "3s", example: "30s" }),
      HOST_TIMES.unreachable_after,
      "How long a host may be silent before it is shown as unreachable.",
    ),
    offline_after: key(duration({ min: "3s", example: "90s" }), HOST_TIMES.offline_after, "And as offline."),
    max_sessions: key(
      wholeNumber(1, 1_000_000),
      20_000,
      "Connected hosts at most; further ones are told to come later.",
    ),
    max_pending_per_address: key(
      wholeNumber(1, 100_000),
      64,
      "Connections of one address that have not proved who they are. Many hosts behind one NAT share an address.",
    ),
    drain_spread: key(
      duration({ min: "0s", zero: true, example: "15s" }),
      "15s",
      "When the manager stops, its hosts come back spread over this time, so that they do not all come at once.",
    ),
  }, "The hosts and their connections.");
}
