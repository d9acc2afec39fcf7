import {
  byteSize,
  choice,
  duration,
  key,
  listenAddress,
  nonEmptyText,
  optionalPath,
  path,
  section,
  socketPath,
  text,
  wholeNumber,
} from "./values.ts";

/** Where the agent keeps its files when nobody says; it depends on the platform and the user, so the caller knows. */
export interface ConfigDefaults {
  readonly workDir: string;
  readonly pidFile: string;
  readonly logFile: string;
  readonly socket: string;
  /** The longest path, in bytes, that this system takes for a Unix socket; 107 when absent. */
  readonly maxSocketPathBytes?: number;
}

export const LOG_LEVELS = ["debug", "info", "warn", "error"] as const;

export function agentSection(defaults: ConfigDefaults) {
  return section({
    id: key(text(["web-1"]), "", "Id of this host, to give it one yourself. Empty: none until a manager gives one."),
    work_dir: key(
      path(["/var/lib/farhand"]),
      defaults.workDir,
      "Directory for what the agent must remember. One agent per directory. " +
        "If you set it, the pid file, log and socket that you do not set go there too.",
    ),
    pid_file: key(path(["/run/farhand/agent.pid"]), defaults.pidFile, "File that holds the process id while running."),
    log: section({
      level: key(choice(LOG_LEVELS), "info", "Least important level that is logged."),
      file: key(path(["/var/log/farhand/agent.log"]), defaults.logFile, "Log file, one JSON object per line."),
      max_size: key(byteSize("64KiB"), "50MB", "Size at which the log file is rotated."),
      max_files: key(wholeNumber(1, 1000), 5, "Number of log files kept, the current one included."),
      rate_limit: key(
        wholeNumber(0, 1_000_000),
        100,
        "Records per second of one same message before the rest are counted instead of written; 0 for no limit.",
      ),
    }, "The agent's own log."),
    control: section({
      socket: key(
        socketPath(nonEmptyText(), ["/run/farhand/agent.sock"]),
        defaults.socket,
        "Socket on which the agent command reaches the running agent; only its owner may use it.",
      ),
      listen: key(
        listenAddress(),
        "",
        "Address of the control API over TCP, host:port; empty for off. " +
          "Anything but the host itself (127.0.0.1, ::1, localhost) needs token_file.",
      ),
      token_file: key(optionalPath(["/etc/farhand/token"]), "", "File with the token that TCP callers must send."),
    }, "How the running agent is asked and told."),
    stop_timeout: key(duration({ min: "100ms" }), "30s", "Time that all parts have together to stop."),
    trim_interval: key(
      duration({ min: "1s", zero: true }),
      "10s",
      "How often clean pages of the executable are given back to the system; 0 for never.",
    ),
  }, "The agent itself.");
}
