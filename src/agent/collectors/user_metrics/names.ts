/** What Prometheus takes for names, and how a text that is not one is shown or made one. */

const METRIC_NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const LABEL_NAME = /^[a-zA-Z_][a-zA-Z0-9_]*$/;
const SHOWN_LENGTH = 60;
/** C0 and C1 controls, line separators and what turns the direction of writing: nothing that a terminal acts on. */
// deno-lint-ignore no-control-regex -- control characters are what is looked for
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]+/g;

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

/** Text of unknown origin on one line, without control characters, cut where it is too long. */
export function oneLine(text: string, maxLength: number): string {
  const head = text.slice(0, maxLength * 4).replace(UNPRINTABLE, " ").trim();
  return head.length > maxLength || text.length > maxLength * 4 ? `${head.slice(0, maxLength - 1)}…` : head;
}
