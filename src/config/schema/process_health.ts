import * as z from "zod/mini";
import { fillTemplate, SAMPLE_WORDS } from "../template.ts";
import { parseUrl } from "../watch_target.ts";
import { headerMap, headerPatterns } from "./free_map.ts";
import {
  byteSize,
  choice,
  duration,
  key,
  list,
  nonEmptyText,
  number,
  regularExpression,
  section,
  text,
  wholeNumber,
} from "./values.ts";

const READINESS_TYPES = ["none", "tcp", "http", "exec", "heartbeat", "log", "notify"] as const;
const LIVENESS_TYPES = ["none", "tcp", "http", "exec"] as const;
const REACTIONS = ["restart", "event"] as const;

/** Until it has succeeded, the process is `starting`, and what depends on it waits. */
export function readinessSection() {
  return section({
    type: key(choice(READINESS_TYPES), "none", "What must succeed; none: that the process lives."),
    pattern: key(regularExpression(["listening on"]), "", "log: regular expression that a line of output must match."),
    ...probeKeys("1s"),
    give_up: key(
      duration({ zero: true }),
      "0s",
      "Time after the start within which it must be ready, or it is restarted; 0 for no limit.",
    ),
  }, "When the process is ready, and what depends on it may start.");
}

export function livenessSection() {
  return section({
    type: key(choice(LIVENESS_TYPES), "none", "What must go on to succeed."),
    ...probeKeys("10s"),
    start_period: key(duration({ zero: true }), "0s", "Time after the start in which failures do not count."),
    on_failure: key(choice(REACTIONS), "restart", "What comes of a process that fails: restart, or only an event."),
  }, "Whether the process still works.");
}

function probeKeys(interval: string) {
  return {
    target: key(text(["127.0.0.1:8080", "http://127.0.0.1:8080/healthz"]), "", "tcp: host:port. http: a URL."),
    command: key(list(nonEmptyText()), [], "exec: program and arguments that must exit with 0."),
    status: key(list(wholeNumber(100, 599)), [], "http: statuses that are good; empty for 200 to 299."),
    body: key(regularExpression(), "", "http: regular expression that the body must match."),
    headers: headerMap("http: headers to send."),
    expect_headers: headerPatterns("http: headers that must come back, each a regular expression."),
    interval: key(duration({ min: "50ms", example: interval }), interval, "How often it is tried."),
    timeout: key(duration({ example: "5s" }), "5s", "Time that one try has."),
    success_threshold: key(wholeNumber(1, 1_000), 1, "Successes in a row that make it good."),
    failure_threshold: key(wholeNumber(1, 1_000), 3, "Failures in a row that make it bad."),
  };
}

export function healthCheckSection() {
  return section({
    interval: key(duration({ min: "100ms", example: "30s" }), "30s", "How often http_endpoint is asked."),
    heartbeat_timeout: key(
      duration({ min: "1s", zero: true }),
      "0s",
      "Silence after which a process that sends heartbeats counts as unhealthy; 0 for off.",
    ),
    on_silence: key(choice(REACTIONS), "restart", "What comes of that silence."),
    http_endpoint: key(
      httpEndpoint(),
      "",
      "URL that must answer with a 2xx status; short for a liveness of type http.",
    ),
    cpu_threshold: key(number(0, 100_000), 0, "CPU use in percent of one core that is too much; 0 for off."),
    memory_threshold: key(byteSize(), "0B", "Memory use that is too much; 0 for off."),
    threshold_duration: key(duration({ zero: true }), "60s", "How long a threshold must be exceeded to count."),
    on_threshold: key(choice(REACTIONS), "event", "What comes of too much: restart, or only an event."),
  }, "When the process counts as healthy.");
}

function httpEndpoint() {
  return text(["http://127.0.0.1:5066/"]).check(
    z.refine(
      (value) => value === "" || parseUrl(fillTemplate(value, SAMPLE_WORDS)) !== null,
      "must be a URL that begins with http:// or https://",
    ),
  );
}
