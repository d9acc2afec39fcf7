import { oneLine } from "../../../core/mod.ts";

/** What Prometheus takes for names, and how a text that is not one is shown or made one. */

const METRIC_NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const LABEL_NAME = /^[a-zA-Z_][a-zA-Z0-9_]*$/;
const SHOWN_LENGTH = 60;

export function isMetricName(name: string): boolean {
  return METRIC_NAME.test(name);
}

/** Names that begin with two underscores are Prometheus' own. */
export function isLabelName(name: string): boolean {
  return LABEL_NAME.test(name) && !name.startsWith("__");
}

/** Makes a part of a metric name of any text: `disk-free %` becomes `disk_free__`. */
export function namePart(text: string): string {
  return text.replace(/[^a-zA-Z0-9_]/g, "_");
}

/** A piece of somebody's text as it may stand in a message: on one line, short, in quotes. */
export function quoted(text: string): string {
  return `"${oneLine(text, SHOWN_LENGTH)}"`;
}
