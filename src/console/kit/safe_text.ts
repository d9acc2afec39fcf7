/**
 * What hosts, processes and log lines say of themselves is hostile: it may be a megabyte long, hold escape sequences, or
 * characters that turn the text around them. Preact makes text nodes of it, so it cannot become markup; this makes sure
 * that it is seen as what it is.
 */

const DEFAULT_MAX = 200;
/** CSI, OSC and the two-character escapes; each part is bounded, so that no text makes matching slow. */
// deno-lint-ignore no-control-regex
const ANSI = /\x1b(?:\[[0-?]{0,32}[ -/]{0,4}[@-~]|\][^\x07\x1b]{0,1024}(?:\x07|\x1b\\)?|[@-_])/g;
/** Marks of direction: overrides, embeddings, isolates; they would reorder what stands around them. */
const DIRECTION = /[\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/g;
/** What has no shape of its own and can hide or fake a name: zero-width characters, soft hyphens, tags, fillers. */
const HIDDEN = /[\u00AD\u180E\u200B-\u200D\u2060-\u2064\uFEFF\uFFF9-\uFFFB]|[\u{E0000}-\u{E007F}]/gu;
// deno-lint-ignore no-control-regex
const CONTROL = /[\x00-\x08\x0b-\x1f\x7f-\x9f]/g;
const LINES = /[\t\n\u2028\u2029]+/g;
/** More marks on one character than any script needs grow over the lines above and below. */
const STACKED_MARKS = /(\p{M}{4})\p{M}+/gu;
const FIRST_PICTURE = 0x2400;
const DELETE = 0x7f;
const DELETE_PICTURE = "\u2421";
const REPLACEMENT = "\uFFFD";

/** One line that is harmless to show: cut, without escapes and marks of direction, control characters made visible. */
export function visible(text: unknown, max: number = DEFAULT_MAX): string {
  return shown(text, max).replace(LINES, " ");
}

/** The same for texts of several lines, such as the output of a command. */
export function visibleLines(text: unknown, max: number): string {
  return shown(text, max, true);
}

function shown(text: unknown, max: number, keepsLines = false): string {
  if (text === undefined || text === null) return "";
  const whole = typeof text === "string" ? text : String(text);
  // Cut before looking: a megabyte is not worth the work. What is left out below makes the rest shorter, never longer.
  const looked = whole.length > max * 4 ? whole.slice(0, max * 4) : whole;
  const plain = (keepsLines ? looked.replaceAll("\r\n", "\n") : looked)
    .replace(ANSI, "").replace(DIRECTION, "").replace(HIDDEN, "").replace(CONTROL, picture).replace(STACKED_MARKS, "$1")
    .toWellFormed();
  if (plain.length <= max) return looked === whole ? plain : `${plain}…`;
  return `${withoutHalf(plain.slice(0, Math.max(0, max - 1)))}…`;
}

function picture(sign: string): string {
  const code = sign.charCodeAt(0);
  if (code === DELETE) return DELETE_PICTURE;
  return code < 0x20 ? String.fromCharCode(FIRST_PICTURE + code) : REPLACEMENT;
}

/** A cut between the halves of a surrogate pair leaves the first one behind. */
function withoutHalf(text: string): string {
  const last = text.charCodeAt(text.length - 1);
  return last >= 0xd800 && last <= 0xdbff ? text.slice(0, -1) : text;
}
