import { byteSize, duration, key, optionalPath, section, wholeNumber, writtenText } from "./values.ts";

export function terminalSection() {
  return section({
    user: key(
      writtenText(["ops"]),
      "",
      "User whose shell it is, where the agent is root. Empty: the agent's own.",
    ),
    shell: key(
      optionalPath(["/bin/bash"]),
      "",
      "Program that is run. Empty: the user's login shell; on Windows cmd.exe.",
    ),
    keep: key(
      duration({ min: "1s", max: "7d", example: "10m" }),
      "10m",
      "How long a terminal waits for somebody to come back when all have left it, by a network that broke or a closed tab.",
    ),
    idle_timeout: key(
      duration({ min: "1m", zero: true, example: "1h" }),
      "1h",
      "Time after which one is ended in which nothing is typed or printed; 0 for never.",
    ),
    max_lifetime: key(
      duration({ min: "1m", zero: true, example: "24h" }),
      "24h",
      "Time after which one is ended whatever it does; 0 for never.",
    ),
    scrollback: key(
      byteSize("64KiB", { max: "64MiB" }),
      "1MB",
      "Output that is kept of each, to be shown again to who comes back.",
    ),
    max_sessions: key(wholeNumber(1, 1_000), 64, "Number of terminals at a time on this host."),
    max_per_user: key(wholeNumber(1, 1_000), 16, "Number of those that one user of the manager may have opened."),
  }, "Terminals that the manager's users open on this host, where policy.terminal is on.");
}
