import { byteSize, duration, key, onOff, section, wholeNumber } from "../values.ts";

const LONGEST_KEPT = "3650d";
/** Also for the rule that compares them. */
export const SESSION_TIMES = { idle: "12h", lifetime: "7d" } as const;

/** How much is kept, and for how long. */
export function keepingSections() {
  return {
    samples: section({
      max_memory: key(
        byteSize("1MB"),
        "512MiB",
        "Memory for the latest hour of every host at its interval and the latest day at one minute; beyond it, less time is kept.",
      ),
    }, "What hosts have measured; kept in memory, and filled again by the hosts after a restart."),
    events: section({
      max_count: key(wholeNumber(100, 100_000_000), 200_000, "Events that are kept at most."),
      max_age: key(duration({ min: "1h", max: LONGEST_KEPT, example: "30d" }), "30d", "How long they are kept."),
    }, "What has happened to processes and hosts."),
    tasks: section({
      keep: key(
        duration({ min: "1m", max: LONGEST_KEPT, example: "30d" }),
        "30d",
        "How long a task is kept after it has ended, with its output.",
      ),
    }, "What the manager has hosts do."),
    terminals: section({
      recording: key(
        onOff(),
        "on",
        "Whether what terminals show to those who use them is kept, for admins to see. What is typed is not.",
      ),
      keep: key(
        duration({ min: "1m", max: LONGEST_KEPT, example: "30d" }),
        "30d",
        "How long a recording is kept after it has begun.",
      ),
      max_total_bytes: key(
        byteSize("1MB"),
        "1GB",
        "What all recordings may take of the disk; the oldest ones go first.",
      ),
      max_bytes: key(
        byteSize("64KiB"),
        "100MB",
        "How large one recording becomes; then the terminal goes on without one, and says so.",
      ),
    }, "Terminals on hosts."),
    sessions: section({
      idle: key(
        duration({ min: "1m", max: LONGEST_KEPT, example: "12h" }),
        SESSION_TIMES.idle,
        "A login ends when it has not been used for so long.",
      ),
      lifetime: key(
        duration({ min: "1m", max: LONGEST_KEPT, example: "7d" }),
        SESSION_TIMES.lifetime,
        "And at the latest after this time.",
      ),
    }, "Logins of people."),
  };
}
