/**
 * core (L0): small things without I/O that every other folder may use: errors, time, sizes, secrets, ordering.
 *
 * Nothing here has a lifecycle; everything is a value or a pure function (`systemClock` is the one door to real time).
 * To add one more: a file with one idea, its unit test beside it, and an export here. It must be of use to at least
 * two folders; otherwise it belongs to the folder that uses it. May import: nothing but the runtime.
 *
 * @module
 */
export { AppError, type AppErrorOptions, type ErrorCode, ERRORS, EXIT_CODES, messageOf, toAppError } from "./errors.ts";
export { type BackoffLimits, fullJitterMs } from "./backoff.ts";
export { type BuildInfo, buildInfo, VERSION } from "./build_info.ts";
export { ByteSize } from "./byte_size.ts";
export { type Clock, systemClock } from "./clock.ts";
export { cutToBytes } from "./cut_to_bytes.ts";
export { type Timed, untilAborted, withinTime } from "./deadline.ts";
export { Duration } from "./duration.ts";
export { HostSelector, type Selectable } from "./host_selector.ts";
export { type Labels, type MetricSink, type MetricType, single } from "./metric_sink.ts";
export {
  chooseMetricFormat,
  METRIC_CONTENT_TYPES,
  metricEnd,
  metricHead,
  metricLabels,
  metricNumber,
  type TextFormat,
  TextSink,
} from "./metric_text.ts";
export { joinedBytes } from "./joined_bytes.ts";
export { LineCutter } from "./line_cutter.ts";
export { nearest } from "./nearest.ts";
export { NewestQueue, type NewestQueueOptions } from "./newest_queue.ts";
export { oneLine } from "./one_line.ts";
export type { LineFinder } from "./pattern/line_finder.ts";
export { Pattern, type PatternOptions } from "./pattern/pattern.ts";
export { Secret } from "./secret.ts";
export { type Graph, topologicalOrder } from "./topological_order.ts";
