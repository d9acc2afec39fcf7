import { fillTemplate, parseHostPort, parseUrl, patternOf, type ProcessConfig } from "../../../config/mod.ts";
import type { TemplateWords } from "../../../config/mod.ts";
import { AppError } from "../../../core/mod.ts";
import type { LivenessSpec, Occurrence, ProbeTarget, ProbeTiming, ReadinessSpec } from "./process_spec.ts";
import { filledArgv } from "./program.ts";

type ProbeConfig = ProcessConfig["readiness"] | ProcessConfig["liveness"];

export function readinessOf({ readiness }: ProcessConfig, words: TemplateWords): ReadinessSpec | null {
  const target = occurrenceOf(readiness) ?? targetOf(readiness, words);
  return target === null ? null : { ...timingOf(readiness), target, giveUpMs: readiness.give_up.ms };
}

/** `health_check.http_endpoint` is a liveness of type http in short, with the other settings of liveness. */
export function livenessOf({ liveness, health_check }: ProcessConfig, words: TemplateWords): LivenessSpec | null {
  const endpoint = health_check.http_endpoint;
  const isShort = liveness.type === "none" && endpoint !== "";
  const target = isShort ? targetOf({ ...liveness, type: "http", target: endpoint }, words) : targetOf(liveness, words);
  if (target === null) return null;
  return {
    ...timingOf(liveness),
    ...(isShort ? { intervalMs: health_check.interval.ms } : {}),
    target,
    startPeriodMs: liveness.start_period.ms,
    onFailure: liveness.on_failure,
  };
}

function timingOf({ interval, timeout, success_threshold, failure_threshold }: ProbeConfig): ProbeTiming {
  return {
    intervalMs: interval.ms,
    timeoutMs: timeout.ms,
    successThreshold: success_threshold,
    failureThreshold: failure_threshold,
  };
}

function occurrenceOf({ type, pattern }: ProcessConfig["readiness"]): Occurrence | null {
  if (type === "log") return { type, pattern: expression(pattern) };
  return type === "heartbeat" || type === "notify" ? { type } : null;
}

function targetOf(probe: ProbeConfig, words: TemplateWords): ProbeTarget | null {
  const target = fillTemplate(probe.target, words);
  switch (probe.type) {
    case "tcp": {
      const endpoint = parseHostPort(target) ?? impossible(`the target of a tcp probe`);
      return { type: "tcp", host: endpoint.host, port: endpoint.port };
    }
    case "http":
      if (parseUrl(target) === null) impossible("the target of an http probe");
      return {
        type: "http",
        url: target,
        status: probe.status,
        body: probe.body === "" ? null : expression(probe.body),
        headers: Object.fromEntries(Object.entries(probe.headers).map(([name, value]) => [name, value.reveal()])),
        expectHeaders: Object.entries(probe.expect_headers).map(([name, text]) => [name, expression(text)] as const),
      };
    case "exec":
      return { type: "exec", argv: filledArgv(probe.command, words) ?? impossible("the command of an exec probe") };
    default:
      return null;
  }
}

export function expression(text: string): RegExp {
  return patternOf(text) ?? impossible("a regular expression");
}

/** The config's rules have seen to it; should one of them be wrong, it is said here and not at some later place. */
function impossible(what: string): never {
  throw new AppError("invalid_config", `Cannot run this process: ${what} is not a good one; run "agent config check"`);
}
