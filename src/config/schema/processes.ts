import * as z from "zod/mini";
import {
  byteSize,
  choice,
  duration,
  key,
  list,
  mapping,
  nonEmptyText,
  number,
  onOff,
  optionalPath,
  section,
  socketPath,
  text,
  wholeNumber,
} from "./values.ts";

export const PROCESS_TYPES = ["filebeat", "telegraf", "node_exporter", "custom"] as const;
export const RESTART_POLICIES = ["always", "on-failure", "never"] as const;

/** Letters, digits, dot, hyphen and underscore: an id is part of file names and URLs. */
const PROCESS_ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

export function processesSection() {
  return key(list(process()), [], "Programs that the agent starts and keeps running.");
}

/** The keys that a process takes from `process_defaults` when it does not set them itself. */
export function processDefaultsSection() {
  return section(sharedKeys(), "Values for every process that does not set them itself.");
}

function process() {
  const idError = "must be 1 to 64 letters, digits, dots, hyphens or underscores, the first a letter or digit";
  return mapping({
    id: z.string({ error: "must be text" }).check(
      z.regex(PROCESS_ID, idError),
      z.meta({ description: "Unique name of the process; part of file names and URLs.", examples: ["filebeat"] }),
    ),
    name: key(text(), "", "Name for people. Default: the id."),
    type: key(choice(PROCESS_TYPES), "custom", "What it is; the known types have default arguments."),
    command: key(list(nonEmptyText()), [], "Program and its arguments, as a list; no shell is involved."),
    binary_path: key(text(["/usr/bin/filebeat"]), "", "Program, instead of command; its arguments come from args."),
    args: key(list(text()), [], "Arguments of binary_path."),
    config_file: key(optionalPath(["/etc/filebeat/filebeat.yml"]), "", "The program's own config file."),
    work_dir: key(optionalPath(["/var/lib/filebeat"]), "", "Directory to run in. Default: one under agent.work_dir."),
    socket_path: key(socketPath(text()), "", "Unix socket on which the program sends heartbeats."),
    ...sharedKeys(),
  });
}

function sharedKeys() {
  return {
    enabled: key(onOff(), true, "Whether the process is run at all."),
    health_check: section({
      interval: key(duration({ min: "100ms", example: "30s" }), "30s", "How often health is checked."),
      heartbeat_timeout: key(
        duration({ min: "1s", zero: true }),
        "0s",
        "Silence after which a process that sends heartbeats counts as unhealthy; 0 for off.",
      ),
      http_endpoint: key(httpEndpoint(), "", "URL that must answer with a 2xx status; empty for off."),
      cpu_threshold: key(number(0, 100_000), 0, "CPU use in percent of one core that is too much; 0 for off."),
      memory_threshold: key(byteSize(), "0B", "Memory use that is too much; 0 for off."),
      threshold_duration: key(duration({ zero: true }), "60s", "How long a threshold must be exceeded to count."),
    }, "When the process counts as healthy."),
    restart: section({
      max_retries: key(
        wholeNumber(0, 1_000_000),
        10,
        "Restarts in a row before the process counts as failed; 0 for no limit.",
      ),
      backoff_base: key(
        duration({ zero: true, example: "1s" }),
        "1s",
        "Wait before the second restart; it doubles each time.",
      ),
      backoff_max: key(duration({ zero: true }), "60s", "Longest wait before a restart."),
      policy: key(choice(RESTART_POLICIES), "always", "Which exits lead to a restart."),
    }, "What happens when the process ends."),
  };
}

function httpEndpoint() {
  return text(["http://127.0.0.1:5066/"]).check(
    z.refine((value) => value === "" || isHttpUrl(value), "must be a URL that begins with http:// or https://"),
  );
}

function isHttpUrl(value: string): boolean {
  const url = URL.parse(value);
  return url !== null && (url.protocol === "http:" || url.protocol === "https:");
}
