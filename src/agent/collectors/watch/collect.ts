import { AppError, withinTime } from "../../../core/mod.ts";
import type { TlsOptions } from "../../../http/mod.ts";
import type { WatchSample } from "../../../protocol/mod.ts";
import type { Collector, CollectorDeps, Reading } from "../contract.ts";
import { lookDns } from "./look_dns.ts";
import { HttpLook } from "./look_http.ts";
import { lookIcmp } from "./look_icmp.ts";
import { lookTcp } from "./look_tcp.ts";
import { parseHostPort, parseUrl, shownTarget, watchProblem } from "../../../config/mod.ts";
import type { WatchOptions } from "./options.ts";
import { down, type Verdict } from "./verdict.ts";

type Look = (signal: AbortSignal) => Promise<Verdict>;

/** Looks once at each collection. What is wrong with the check itself is said then, and not when it is made. */
export function createWatch(
  options: WatchOptions,
  { clock }: Pick<CollectorDeps, "clock">,
  tls: TlsOptions = {},
): Collector<WatchSample> {
  const { name, type, timeout } = options;
  const look = lookOf(options, clock, tls);
  const closing = new AbortController();
  return {
    async collect(signal): Promise<Reading<WatchSample>> {
      if (typeof look === "string") {
        throw new AppError("invalid_config", `The check ${name} of collectors.watch cannot be run: ${look}`);
      }
      const either = AbortSignal.any([signal, closing.signal]);
      const result = await withinTime(clock, timeout.ms, either, look);
      either.throwIfAborted();
      const { problem, ...verdict } = result.late ? down(`timed out after ${timeout}`) : result.value;
      return {
        sample: { name, type, target: shownTarget(options), ...verdict },
        problems: problem === undefined ? [] : [`${name}: ${problem}`],
      };
    },
    close: () => closing.abort(new AppError("cancelled", `The check ${name} was stopped`)),
  };
}

/** How to look; or what is wrong with the check. */
function lookOf(options: WatchOptions, clock: CollectorDeps["clock"], tls: TlsOptions): Look | string {
  const problem = watchProblem(options);
  if (problem !== null) return problem;
  const { type, target } = options;
  if (type === "dns") return (signal) => lookDns(options, clock, signal);
  if (type === "icmp") return (signal) => lookIcmp(target, clock, signal);
  const [url, endpoint] = [parseUrl(target), parseHostPort(target)];
  if (type === "http" && url !== null) {
    const http = new HttpLook(options, url, clock, tls);
    return (signal) => http.look(signal);
  }
  if (type === "tcp" && endpoint !== null) return (signal) => lookTcp(endpoint, clock, signal);
  return "target cannot be used";
}
