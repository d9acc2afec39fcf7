import { AppError, type Clock, type Labels, messageOf, type MetricSink, VERSION } from "../../../core/mod.ts";
import { createStateLog, type Logger } from "../../../log/mod.ts";
import { type Header, parseHeaderLines } from "../reading/header_lines.ts";
import { OtlpSink } from "./otlp_sink.ts";

export interface OtlpExporterOptions {
  readonly endpoint: string;
  /** Holds `Name: value` lines; "" for none. Read at each start, so that it can be renewed by a restart. */
  readonly headersFile: string;
  readonly intervalMs: number;
  readonly timeoutMs: number;
  readonly resource: Labels;
  readonly clock: Clock;
  readonly log: Logger;
  readonly writeMetrics: (sink: MetricSink) => Promise<void>;
  readonly onState: (state: "ok" | "degraded", reason?: string) => void;
  readonly random?: () => number;
}

const MAX_REASON = 200;

/**
 * The component that sends the metrics to an OpenTelemetry collector. Counters are cumulative, so what one failed send
 * has left out the next one makes up for; nothing is queued.
 */
export function createOtlpExporter(options: OtlpExporterOptions) {
  const { clock, intervalMs, log, onState, random = Math.random } = options;
  const state = createStateLog(log, clock, "sending the metrics");
  let stopping = new AbortController();
  let loop: Promise<void> | null = null;

  async function run(headers: readonly Header[], signal: AbortSignal): Promise<void> {
    await clock.sleep(random() * intervalMs, signal).catch(() => {}); // aborted, which the loop sees
    while (!signal.aborted) {
      try {
        await send(options, headers, signal);
        state.recovered();
        onState("ok");
      } catch (error) {
        if (signal.aborted) return;
        const reason = messageOf(error);
        state.failed(reason);
        onState("degraded", reason);
      }
      await clock.sleep(intervalMs, signal).catch(() => {}); // likewise
    }
  }

  return {
    name: "metrics-otlp",
    async start(signal: AbortSignal): Promise<void> {
      signal.throwIfAborted();
      const headers = options.headersFile === "" ? [] : await readHeaders(options.headersFile, signal);
      stopping = new AbortController();
      loop = run(headers, stopping.signal);
    },
    async stop(): Promise<void> {
      stopping.abort();
      await loop;
      loop = null;
    },
  };
}

/** Errors name the line of the file and never its content, which is secret. */
export function parseHeaders(text: string, path: string): Header[] {
  const { lines, bad } = parseHeaderLines(text);
  if (bad === undefined) return lines.map(([, header]) => header);
  throw new AppError("invalid_config", `${path}: line ${bad} must be "Name: value"`);
}

async function readHeaders(path: string, signal: AbortSignal): Promise<Header[]> {
  const text = await Deno.readTextFile(path, { signal }).catch((cause) => {
    throw new AppError("invalid_config", `Cannot read metrics.otlp.headers_file ${path}: ${messageOf(cause)}`, {
      cause,
    });
  });
  return parseHeaders(text, path);
}

async function send(options: OtlpExporterOptions, headers: readonly Header[], signal: AbortSignal): Promise<void> {
  const { clock, endpoint, resource, timeoutMs, writeMetrics } = options;
  const sink = new OtlpSink({ resource, scope: { name: "farhand", version: VERSION }, timeMs: clock.nowMs() });
  await writeMetrics(sink);
  const limit = AbortSignal.timeout(timeoutMs);
  const response = await fetch(endpoint, {
    method: "POST",
    headers: [["content-type", "application/json"], ...headers.map(([name, value]): [string, string] => [name, value])],
    body: JSON.stringify(sink.request()),
    signal: AbortSignal.any([signal, limit]),
  }).catch((cause) => {
    const why = limit.aborted ? `no answer within ${timeoutMs / 1000} s` : messageOf(cause);
    throw new AppError("unavailable", `Cannot send to ${withoutQuery(endpoint)}: ${why}`, { cause, retryable: true });
  });
  if (response.ok) return await response.body?.cancel();
  const said = (await response.text()).replaceAll(/[\p{Cc}\s]+/gu, " ").trim().slice(0, MAX_REASON);
  throw new AppError(
    "unavailable",
    `${withoutQuery(endpoint)} refuses the metrics with status ${response.status}${said === "" ? "" : `: ${said}`}`,
  );
}

/** User, password and query can hold secrets. */
function withoutQuery(endpoint: string): string {
  const { origin, pathname } = new URL(endpoint);
  return `${origin}${pathname}`;
}
