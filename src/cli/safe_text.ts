/** What shows as nothing, moves the cursor or turns the direction of writing: escape sequences are made of these. */
const UNSHOWABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;
/** Right-to-left scripts: a terminal that knows them moves what stands beside them. */
const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/gu;
const MARK = /^[\p{Mn}\p{Me}]$/u;
/** More marks on one character than any script needs would reach into the lines above and below. */
const MAX_MARKS = 2;
const CUT_SIGN = "…";
const RESET = "\x1b[0m";

/** Ranges of characters that take two columns, with a few narrow ones among them: too short a line does no harm. */
const WIDE: readonly (readonly [first: number, last: number])[] = [
  [0x1100, 0x115f],
  [0x231a, 0x231b],
  [0x2329, 0x232a],
  [0x23e9, 0x23f3],
  [0x25fd, 0x25fe],
  [0x2614, 0x2615],
  [0x2630, 0x2637],
  [0x2648, 0x2653],
  [0x267f, 0x267f],
  [0x268a, 0x268f],
  [0x2693, 0x2693],
  [0x26a1, 0x26a1],
  [0x26aa, 0x26ab],
  [0x26bd, 0x26be],
  [0x26c4, 0x26c5],
  [0x26ce, 0x26ce],
  [0x26d4, 0x26d4],
  [0x26ea, 0x26ea],
  [0x26f2, 0x26fd],
  [0x2705, 0x2705],
  [0x270a, 0x270b],
  [0x2728, 0x2728],
  [0x274c, 0x274e],
  [0x2753, 0x2757],
  [0x2795, 0x2797],
  [0x27b0, 0x27bf],
  [0x2b1b, 0x2b1c],
  [0x2b50, 0x2b55],
  [0x2e80, 0xa4cf],
  [0xa960, 0xa97c],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe10, 0xfe19],
  [0xfe30, 0xfe6f],
  [0xff01, 0xff60],
  [0xffe0, 0xffe6],
  [0x16fe0, 0x18d08],
  [0x1aff0, 0x1b2ff],
  [0x1d300, 0x1d376],
  [0x1f004, 0x1f004],
  [0x1f0cf, 0x1f0cf],
  [0x1f18e, 0x1f19a],
  [0x1f200, 0x1f265],
  [0x1f300, 0x1f64f],
  [0x1f680, 0x1f6ff],
  [0x1f7e0, 0x1f7f0],
  [0x1f900, 0x1f9ff],
  [0x1fa70, 0x1faff],
  [0x20000, 0x3fffd],
];

/**
 * Text of somebody else's as one line that a terminal shows as it stands. A process chooses its own name, and a user
 * that of a mount point: each may try to write elsewhere on the screen. What is taken out leaves a `?`.
 */
export function safeText(text: string): string {
  return text.toWellFormed().replaceAll(UNSHOWABLE, "?").replaceAll(RIGHT_TO_LEFT, "?");
}

// deno-lint-ignore no-control-regex -- escape is how they begin
const COLOUR_CODE = /\x1b\[([\d;:]{0,64})m/g;
/** Select Graphic Rendition without what hides text or makes it blink: 5, 6 and 8. */
const HARMLESS_SGR = /^(?:[0-479]|2\d|[34][0-7]|[34]9|5[3459]|9\d|10[0-7]|)$/;
/** 256 colours, and those of red, green and blue; their numbers are no codes of their own. */
const EXTENDED_COLOUR = /(?:^|(?<=;))[345]8[;:](?:5[;:]\d{1,3}|2[;:]{1,2}\d{1,3}[;:]\d{1,3}[;:]\d{1,3})(?=;|$)/g;
/** They join and vary the pictures of emoji, and do nothing else. */
const JOINERS = /([\u200c\u200d\ufe0e\ufe0f])/;

/**
 * A line of a program's own output for a terminal: its script and its colours stay, nothing else that acts on the
 * terminal does. Without colour, its colours go too.
 */
export function safeOutput(text: string, colour: boolean): string {
  let [safe, end, isColoured] = ["", 0, false];
  for (const { 0: code, 1: parameters = "", index } of text.matchAll(COLOUR_CODE)) {
    safe += inert(text.slice(end, index));
    end = index + code.length;
    if (!colour || !isHarmless(parameters)) continue;
    safe += code;
    isColoured = true;
  }
  return safe + inert(text.slice(end)) + (isColoured ? RESET : "");
}

function isHarmless(parameters: string): boolean {
  return parameters.replaceAll(EXTENDED_COLOUR, "").split(";").every((code) => HARMLESS_SGR.test(code));
}

function inert(text: string): string {
  const shown = (part: string) => part.split("\t").map((piece) => piece.replaceAll(UNSHOWABLE, "?")).join("\t");
  return text.toWellFormed().split(JOINERS).map((part) => JOINERS.test(part) ? part : shown(part)).join("");
}

/** How many columns safe text takes. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const character of text) width += widthOf(character);
  return width;
}

/** Safe text that takes so many columns at most, and says so where it was longer. */
export function cutTo(text: string, width: number): string {
  if (width <= 0) return "";
  const whole = takeColumns(text, width);
  if (!whole.isCut) return whole.text;
  return takeColumns(text, width - 1).text + CUT_SIGN;
}

/** Safe text that takes exactly so many columns. */
export function fitTo(text: string, width: number, align: "left" | "right" = "left"): string {
  const cut = cutTo(text, width);
  const blanks = " ".repeat(Math.max(0, width - displayWidth(cut)));
  return align === "left" ? cut + blanks : blanks + cut;
}

function takeColumns(text: string, width: number): { readonly text: string; readonly isCut: boolean } {
  let taken = "";
  let [left, marks] = [width, 0];
  for (const character of safeText(text)) {
    const columns = widthOf(character);
    if (columns > left) return { text: taken, isCut: true };
    marks = columns === 0 ? marks + 1 : 0;
    if (marks > MAX_MARKS) continue;
    taken += character;
    left -= columns;
  }
  return { text: taken, isCut: false };
}

function widthOf(character: string): number {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x300) return 1;
  if (MARK.test(character)) return 0;
  return isWide(code) ? 2 : 1;
}

function isWide(code: number): boolean {
  let [low, high] = [0, WIDE.length - 1];
  while (low <= high) {
    const middle = (low + high) >> 1;
    const [first, last] = WIDE[middle] ?? [0, 0];
    if (code < first) high = middle - 1;
    else if (code > last) low = middle + 1;
    else return true;
  }
  return false;
}
