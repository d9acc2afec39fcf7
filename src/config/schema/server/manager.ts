import type * as z from "zod/mini";
import { type ConfigDefaults, LOG_LEVELS } from "../agent.ts";
import {
  byteSize,
  choice,
  duration,
  key,
  list,
  mapping,
  nonEmptyText,
  onOff,
  optionalPath,
  path,
  section,
  socketPath,
  wholeNumber,
} from "../values.ts";
import { hostsSection } from "./hosts.ts";
import { keepingSections } from "./keeping.ts";
import { addressOrNetwork, DEFAULT_LISTEN, listenUrl, publicUrl } from "./listen.ts";

/** The schema of the manager's whole config. `defaults.workDir` is its data directory. */
export function managerConfigSchema(defaults: ConfigDefaults) {
  return mapping({
    data_dir: key(
      path(["/var/lib/farhand-manager"]),
      defaults.workDir,
      "Directory of the database and the keys. One manager per directory. " +
        "If you set it, the pid file, log and socket that you do not set go there too.",
    ),
    pid_file: key(
      path(["/run/farhand/manager.pid"]),
      defaults.pidFile,
      "File that holds the process id while running.",
    ),
    log: logSection(defaults),
    control: section({
      socket: key(
        socketPath(nonEmptyText(), ["/run/farhand/manager.sock"]),
        defaults.socket,
        "Socket on which the agent manager command reaches the running manager, without a login; only its owner may use it.",
      ),
    }, "How the running manager is asked and told on its own machine."),
    stop_timeout: key(duration({ min: "100ms" }), "30s", "Time that all parts have together to stop."),
    listen: key(
      listenUrl(),
      DEFAULT_LISTEN,
      "Where people and agents connect. http:// is for this machine alone, or behind a proxy that trusted_proxies names.",
    ),
    public_url: key(
      publicUrl(),
      "",
      "How others reach the manager, for join commands and links. Empty: made of this machine's name and the port.",
    ),
    tls: tlsSection(),
    trusted_proxies: key(
      list(addressOrNetwork()),
      [],
      "Addresses or networks of proxies, whose X-Forwarded-For is believed.",
    ),
    hosts: hostsSection(),
    ...keepingSections(),
    worker_heartbeat: section({
      enabled: key(
        onOff(),
        "off",
        "Whether hosts that cannot hold a WebSocket may report by POST /api/worker/heartbeat.",
      ),
      token_file: key(optionalPath(["/etc/farhand/worker-token"]), "", "File with the token that they must send."),
    }, "Hosts that only report, and cannot be told anything."),
    metrics: section({
      fleet: key(onOff(), "off", "Whether GET /metrics has the latest samples of all hosts besides the manager's own."),
      token_file: key(
        optionalPath(["/etc/farhand/metrics-token"]),
        "",
        "File with a token that may read /metrics. Without it, a user or API token is needed.",
      ),
    }, "GET /metrics of the manager, for Prometheus."),
  });
}

function logSection(defaults: ConfigDefaults) {
  return section({
    level: key(choice(LOG_LEVELS), "info", "Least important level that is logged."),
    file: key(path(["/var/log/farhand/manager.log"]), defaults.logFile, "Log file, one JSON object per line."),
    max_size: key(byteSize("64KiB"), "50MB", "Size at which the log file is rotated."),
    max_files: key(wholeNumber(1, 1000), 5, "Number of log files kept, the current one included."),
    rate_limit: key(
      wholeNumber(0, 1_000_000),
      100,
      "Records per second of one same message before the rest are counted instead of written; 0 for no limit.",
    ),
  }, "The manager's own log.");
}

function tlsSection() {
  return section({
    cert_file: key(
      optionalPath(["/etc/farhand/manager.pem"]),
      "",
      "Your certificate with the rest of its chain, PEM; needs key_file. Empty: the manager makes its own.",
    ),
    key_file: key(optionalPath(["/etc/farhand/manager.key"]), "", "Key of the certificate, PEM."),
    names: key(
      list(nonEmptyText(["manager.example.com"])),
      [],
      "More names and addresses for the certificate that the manager makes.",
    ),
  }, "The certificate of an https:// address.");
}

/** The manager's effective configuration: complete, typed, with absolute paths. */
export type ManagerConfig = z.output<ReturnType<typeof managerConfigSchema>>;
