/** For tests only: a check's options. */
import { Duration } from "../../../core/mod.ts";
import type { WatchOptions } from "./options.ts";

export function watchOptions(more: Partial<WatchOptions>): WatchOptions {
  return {
    name: "check",
    type: "http",
    target: "",
    interval: new Duration(60_000),
    timeout: new Duration(5_000),
    status: [],
    body: "",
    headers_file: "",
    method: "GET",
    insecure: false,
    expect: [],
    record: "A",
    server: "",
    ...more,
  };
}
