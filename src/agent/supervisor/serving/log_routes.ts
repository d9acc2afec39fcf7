import { messageOf, type Pattern, systemClock } from "../../../core/mod.ts";
import {
  type AnyRoute,
  defineRawRoute,
  defineRoute,
  type EventStream,
  openEventStream,
  sinceOf,
  wholeNumberOf,
} from "../../../http/mod.ts";
import { logFiles, type LogLine, logLines, logsQuery, logsStreamQuery, processParams } from "../../../protocol/mod.ts";
import type { ProcessLogs } from "../logs/contract.ts";
import type { Supervisor } from "../supervisor.ts";

const DEFAULT_LINES = 100;
const DEFAULT_STREAM_LINES = 10;
const MAX_LINES = 10_000;
/** A log may be silent for long, and proxies on the way give up connections that are. */
const PING_MS = 20_000;

/** What the control API has of the logs of processes. */
export function logRoutes(supervisor: Supervisor, nowMs: () => number): AnyRoute[] {
  return [
    defineRoute({
      method: "GET",
      path: "/v1/processes/{id}/logs",
      summary: "Show the latest lines of a process's output, or those that match, rotated files included",
      access: "owner",
      params: processParams(),
      query: logsQuery(),
      response: logLines,
      errors: ["not_found", "unavailable"],
      handle: async ({ params: { id }, query: { lines, since, grep, file }, signal }) => {
        return await (await logsOf(supervisor, id)).read(id, {
          lines: linesOf(lines, DEFAULT_LINES),
          ...(since !== undefined && { sinceMs: sinceOf("since", since, nowMs()) }),
          ...(grep !== undefined && { grep: await patternOf(grep) }),
          ...(file !== undefined && { file }),
        }, signal);
      },
    }),
    defineRawRoute({
      method: "GET",
      path: "/v1/processes/{id}/logs/stream",
      summary: "Send the output of a process as server-sent events, from some of the latest lines on",
      access: "owner",
      params: processParams(),
      query: logsStreamQuery(),
      produces: ["text/event-stream"],
      errors: ["not_found", "unavailable"],
      handle: async ({ params: { id }, query: { lines, grep, file }, signal }) => {
        const logs = await logsOf(supervisor, id);
        const query = {
          lines: linesOf(lines, DEFAULT_STREAM_LINES),
          ...(grep !== undefined && { grep: await patternOf(grep) }),
          ...(file !== undefined && { file }),
        };
        return streamLines((gone) => logs.follow(id, query, gone), signal);
      },
    }),
    defineRoute({
      method: "GET",
      path: "/v1/processes/{id}/logs/files",
      summary: "Show which log files a process has",
      access: "owner",
      params: processParams(),
      response: logFiles,
      errors: ["not_found", "unavailable"],
      handle: async ({ params: { id } }) => ({ files: (await logsOf(supervisor, id)).files(id) }),
    }),
  ];
}

/** The logs, when there is such a process. */
async function logsOf(supervisor: Supervisor, id: string): Promise<ProcessLogs> {
  const keeper = await supervisor.keeper();
  keeper.unit(id);
  return keeper.equipment.logs;
}

/** Lines are read when there is room for them: a slow listener holds back the reading, and nothing is kept for it. */
function streamLines(follow: (gone: AbortSignal) => AsyncIterable<LogLine>, signal: AbortSignal): Response {
  let roomCame = Promise.withResolvers<void>();
  const stream = openEventStream({ onRoom: () => roomCame.resolve() });
  const either = AbortSignal.any([stream.gone, signal]);
  either.addEventListener("abort", () => roomCame.resolve(), { once: true });
  const untilRoom = async () => {
    while (stream.room === 0 && !either.aborted) {
      await roomCame.promise;
      roomCame = Promise.withResolvers<void>();
    }
  };
  void sendLines(stream, follow(either), untilRoom, either);
  void sendPings(stream);
  return stream.response;
}

async function sendPings(stream: EventStream): Promise<void> {
  try {
    for (;;) {
      await systemClock.sleep(PING_MS, stream.gone);
      stream.send("", "");
    }
  } catch (error) {
    if (!stream.gone.aborted) throw error;
  }
}

async function sendLines(
  stream: EventStream,
  lines: AsyncIterable<LogLine>,
  untilRoom: () => Promise<void>,
  gone: AbortSignal,
): Promise<void> {
  stream.send("", "the output follows");
  try {
    for await (const line of lines) {
      await untilRoom();
      if (gone.aborted) return;
      stream.send("line", JSON.stringify(line));
    }
  } catch (error) {
    if (gone.aborted) return;
    await untilRoom();
    stream.send("failed", JSON.stringify({ reason: messageOf(error) }));
  } finally {
    stream.close();
  }
}

function linesOf(text: string | undefined, fallback: number): number {
  return text === undefined ? fallback : wholeNumberOf("lines", text, { min: 0, max: MAX_LINES });
}

/** Read when the first pattern is asked for, which most agents never are. */
async function patternOf(text: string): Promise<Pattern> {
  const { linePattern } = await import("./log_pattern.ts");
  return linePattern(text);
}
