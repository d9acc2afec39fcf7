import { type ReadonlySignal, type Signal, useSignal } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import { systemClock } from "../../../core/mod.ts";
import type { HostView, LogLine, LogLines } from "../../../protocol/mod.ts";
import { agentPath, api, ApiProblem, PROBLEM_CODES } from "../../kit/api.ts";
import { t } from "../../kit/i18n/i18n.ts";
import { hostsAreLoaded, hostsByName } from "../../kit/live.ts";
import { LineBook, type NewLine } from "../../lines/mod.ts";
import { wordsOf } from "../../ui/problem.tsx";
import { type FollowedLine, Follower, type FollowerOptions, type FollowState } from "./model/follower.ts";
import { LineMerge } from "./model/line_merge.ts";
import { keyOf, type LogSource } from "./model/log_source.ts";

export const MAX_LINES = 50_000;
const MAX_CHARS = 64 * 1024 * 1024;
const FIRST_LINES = 500;
/** Of all sources together; each has its share. */
const MAX_FIRST_LINES = 5_000;
const FLUSH_MS = 100;
/** A browser has six connections to one address where it does not speak HTTP/2, for all its tabs together. */
const MAX_HELD_OPEN = 3;

export interface Followed {
  readonly book: LineBook;
  /** Another number whenever the book is another. */
  readonly version: Signal<number>;
  /** Of each source, by its key. */
  readonly states: ReadonlySignal<ReadonlyMap<string, FollowState>>;
  /** How many lines wait while it is paused. */
  readonly waiting: ReadonlySignal<number>;
}

/** Follows these logs for as long as the component is there. */
export function useFollow(sources: readonly LogSource[], isPaused: ReadonlySignal<boolean>): Followed {
  const version = useSignal(0);
  const states = useSignal<ReadonlyMap<string, FollowState>>(new Map());
  const waiting = useSignal(0);
  const key = sources.map(keyOf).join(",");
  const book = useMemo(() => new LineBook({ maxLines: MAX_LINES, maxChars: MAX_CHARS }), [key]);
  useEffect(() => {
    if (sources.length === 0) return;
    states.value = new Map(sources.map((source) => [keyOf(source), { kind: "connecting" }]));
    const merge = new LineMerge({
      sources: sources.map(keyOf),
      maxWaiting: MAX_LINES,
      onLines: (lines) => {
        book.append(lines);
        version.value += 1;
      },
      now: () => performance.now(),
    });
    const followers = sources.map((source, at) =>
      followerOf(source, {
        merge,
        firstLines: Math.min(FIRST_LINES, Math.ceil(MAX_FIRST_LINES / sources.length)),
        isPolled: at >= MAX_HELD_OPEN && !speaksHttp2(),
        onState: (state) => states.value = new Map(states.peek()).set(keyOf(source), state),
      })
    );
    const timer = setInterval(() => {
      if (isPaused.peek()) {
        waiting.value = merge.waiting;
        return;
      }
      waiting.value = 0;
      const dropped = merge.takeDropped();
      if (dropped > 0) book.append([noticeOf("", "", t("logs.left_out", { n: dropped }))]);
      merge.flush();
    }, FLUSH_MS);
    for (const follower of followers) void follower.run();
    return () => {
      clearInterval(timer);
      for (const follower of followers) follower.stop();
    };
  }, [key]);
  return { book, version, states, waiting };
}

interface FollowerNeeds {
  readonly merge: LineMerge;
  readonly firstLines: number;
  readonly isPolled: boolean;
  readonly onState: (state: FollowState) => void;
}

function followerOf(source: LogSource, { merge, firstLines, isPolled, onState }: FollowerNeeds): Follower {
  const key = keyOf(source);
  const lineOf = ({ file, text, timeMs, cut }: FollowedLine): NewLine => ({
    source: key,
    file,
    text,
    ...(timeMs !== undefined && { timeMs }),
    ...(cut === true && { isCut: true }),
  });
  const ports = source.process === "" ? filePorts(source) : processPorts(source);
  return new Follower({
    stream: ports.stream,
    ...(isPolled && { poll: ports.poll }),
    onLines: (lines) => merge.put(lines.map(lineOf)),
    onGap: (file) => merge.put([noticeOf(key, file, t("logs.gap", { file }))]),
    onState: (state) => {
      if (state.kind !== "connecting") merge.isReady(key);
      onState(state);
    },
    problemOf,
    sleep: (ms, signal) => systemClock.sleep(ms, signal),
    now: () => performance.now(),
    random: Math.random,
    firstLines,
  });
}

type Ports = Required<Pick<FollowerOptions, "stream" | "poll">>;

function processPorts({ host, process, file }: LogSource): Ports {
  const path = (more: string) => agentPath(hostOf(host).id, `/v1/processes/${encodeURIComponent(process)}/logs${more}`);
  const query = (lines: number) => ({ lines, file });
  return {
    async *stream(lines, signal) {
      yield* linesOf(api.events(path("/stream"), { query: query(lines), signal }), "");
    },
    poll: async (lines, signal) =>
      (await api.get<LogLines>(path(""), { query: query(lines), signal })).lines.map((line) => followed(line, "")),
  };
}

/** A file that is no process's log: read through the files that the host has released. */
function filePorts({ host, file: path }: LogSource): Ports {
  const tail = (lines: number, follow: boolean, signal: AbortSignal) =>
    api.events(agentPath(hostOf(host).id, "/v1/files/tail"), { query: { path, lines, follow }, signal });
  return {
    async *stream(lines, signal) {
      yield* linesOf(tail(lines, true, signal), path);
    },
    async poll(lines, signal) {
      const all: FollowedLine[] = [];
      for await (const line of linesOf(tail(lines, false, signal), path)) all.push(line);
      return all;
    },
  };
}

async function* linesOf(
  events: AsyncIterable<{ readonly event: string; readonly data: string }>,
  file: string,
): AsyncGenerator<FollowedLine, void> {
  for await (const { event, data } of events) {
    if (event === "line") yield followed(JSON.parse(data), file);
    else if (event === "failed") throw new Error(String(JSON.parse(data).reason ?? ""));
  }
}

/** A host may say anything; what is no text or no time is left out. */
function followed(line: Partial<LogLine>, file: string): FollowedLine {
  const { text, timeMs, cut } = line;
  return {
    file: typeof line.file === "string" ? line.file : file,
    text: typeof text === "string" ? text : "",
    ...(typeof timeMs === "number" && { timeMs }),
    ...(cut === true && { cut }),
  };
}

function noticeOf(source: string, file: string, text: string): NewLine {
  return { source, file, text, isNotice: true };
}

class UnknownHost extends Error {
  override readonly name = "UnknownHost";
}

function hostOf(name: string): HostView {
  const host = hostsByName.peek().get(name);
  if (host === undefined) throw new UnknownHost(t("logs.unknown_host"));
  return host;
}

const FINAL: readonly number[] = [
  PROBLEM_CODES.notFound,
  PROBLEM_CODES.forbidden,
  PROBLEM_CODES.hostRefuses,
  PROBLEM_CODES.invalidInput,
];

function problemOf(error: unknown): { readonly reason: string; readonly isFinal: boolean } {
  if (error instanceof UnknownHost) return { reason: error.message, isFinal: hostsAreLoaded.peek() };
  return { reason: wordsOf(error), isFinal: error instanceof ApiProblem && FINAL.includes(error.code) };
}

function speaksHttp2(): boolean {
  const [entry] = performance.getEntriesByType("navigation");
  return entry instanceof PerformanceNavigationTiming && /^h[23]/.test(entry.nextHopProtocol);
}
