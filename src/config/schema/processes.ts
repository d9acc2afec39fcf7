import * as z from "zod/mini";
import { healthCheckSection, livenessSection, readinessSection } from "./process_health.ts";
import { limitsSection, logSection, restartSection, stopSection } from "./process_life.ts";
import { envMap, labelMap } from "./free_map.ts";
import {
  choice,
  key,
  list,
  mapping,
  nonEmptyText,
  onOff,
  optionalPath,
  path,
  regularExpression,
  section,
  shortMapping,
  socketPath,
  text,
  wholeNumber,
  writtenForm,
  writtenText,
} from "./values.ts";

const PROCESS_TYPES = ["filebeat", "telegraf", "node_exporter", "custom"] as const;
const PROCESS_KINDS = ["service", "oneshot"] as const;
const DEPENDENCY_CONDITIONS = ["started", "healthy", "completed"] as const;
const PID_STRATEGIES = ["spawn", "match"] as const;

/** Letters, digits, dot, hyphen and underscore: an id is part of file names and URLs. */
const PROCESS_ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
const UMASK = /^0?[0-7]{3}$/;
export const MAX_REPLICAS = 1_000;

export function processesSection() {
  return key(list(processItem()), [], "Programs that the agent starts and keeps running.");
}

/** The keys that a process takes from `process_defaults` when it does not set them itself. */
export function processDefaultsSection() {
  return section(sharedKeys(), "Values for every process that does not set them itself.");
}

/** One process, as the config has it and as the API takes it. */
export function processItem() {
  return mapping({
    id: processId("Unique name of the process; part of file names and URLs."),
    name: key(text(), "", "Name for people. Default: the id."),
    kind: key(choice(PROCESS_KINDS), "service", "A service is kept running; a oneshot runs once, to its end."),
    type: key(choice(PROCESS_TYPES), "custom", "What it is; the known types have default arguments."),
    command: key(list(nonEmptyText()), [], "Program and its arguments, as a list; no shell is involved."),
    binary_path: key(text(["/usr/bin/filebeat"]), "", "Program, instead of command; its arguments come from args."),
    args: key(list(text()), [], "Arguments of binary_path, instead of those that the type has."),
    config_file: key(optionalPath(["/etc/filebeat/filebeat.yml"]), "", "The program's own config file."),
    work_dir: key(optionalPath(["/var/lib/filebeat"]), "", "Directory to run in. Default: one under agent.work_dir."),
    env: envMap("Environment variables, besides PATH, HOME, LANG and the like."),
    env_file: key(optionalPath(["/etc/default/shop"]), "", "File with more of them, NAME=value a line."),
    user: key(writtenText(["www-data"]), "", "User to run as; only where the agent is root."),
    group: key(writtenText(["www-data"]), "", "Group to run as. Default: the user's own."),
    umask: key(writtenForm(UMASK, "must be an octal mode such as 027", ["027"]), "", "Default: the agent's."),
    nice: key(wholeNumber(-20, 19), 0, "Priority, from -20 (first) to 19 (last)."),
    autostart: key(onOff(), true, "Whether it is started with the agent; otherwise when somebody asks for it."),
    depends_on: key(list(dependency()), [], "Processes that must be there before this one."),
    replicas: key(wholeNumber(1, MAX_REPLICAS), 1, "How many of it; {{index}} and {{port}} tell them apart."),
    port_base: key(wholeNumber(0, 65_535), 0, "{{port}} of the first replica; each next one has one more. 0 for none."),
    labels: labelMap("What groups it with others: --label tier=web."),
    socket_path: key(socketPath(text()), "", "Unix socket on which the program sends heartbeats."),
    notify: key(onOff(), false, "Whether the program speaks systemd's sd_notify."),
    pid_strategy: key(choice(PID_STRATEGIES), "spawn", "spawn: the agent's own child. match: found by `match`."),
    match: section({
      name: key(text(["nginx"]), "", "Name of the program."),
      command_line: key(
        regularExpression(["java .*shop.jar"]),
        "",
        "Regular expression that its command line must match.",
      ),
      pid_file: key(optionalPath(["/run/nginx.pid"]), "", "File that holds its process id."),
      port: key(wholeNumber(0, 65_535), 0, "TCP port that it listens on."),
    }, "How a process that the agent has not started itself is found. All that is given must hold."),
    log_paths: key(list(path(["/var/log/shop/app.log"])), [], "More log files of the program; * stands for any text."),
    ...sharedKeys(),
  });
}

function sharedKeys() {
  return {
    enabled: key(onOff(), true, "Whether the process is run at all."),
    readiness: readinessSection(),
    liveness: livenessSection(),
    health_check: healthCheckSection(),
    restart: restartSection(),
    stop: stopSection(),
    limits: limitsSection(),
    log: logSection(),
  };
}

function processId(description: string) {
  const idError = "must be 1 to 64 letters, digits, dots, hyphens or underscores, the first a letter or digit";
  return z.string({ error: "must be text" }).check(
    z.regex(PROCESS_ID, idError),
    z.meta({ description, examples: ["filebeat"] }),
  );
}

function dependency() {
  return shortMapping({
    id: processId("The process that must be there first."),
    condition: key(choice(DEPENDENCY_CONDITIONS), "healthy", "What it must have reached."),
  }, "id");
}
