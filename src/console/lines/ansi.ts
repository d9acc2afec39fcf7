/** A stretch of a line that is shown in one way; offsets are into the plain text. */
export interface Run {
  readonly start: number;
  readonly end: number;
  readonly className: string;
}

/** A line as it may be shown: nothing in it acts on anything. */
export interface PlainLine {
  readonly text: string;
  /** Where it is to look different; in order, and they do not overlap. */
  readonly runs: readonly Run[];
}

const NO_RUNS: readonly Run[] = [];
/** More changes of colour than that in one line are no log's; the rest of it is shown plain. */
const MAX_RUNS = 400;
const TAB = "    ";
const UNKNOWN = "\ufffd";

/** Controls, what turns the direction of writing, what shows as nothing, and halves of characters. */
const UNSHOWABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;
const EACH_UNSHOWABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;
/** Between two characters of an emoji or of a script that needs it; elsewhere they hide nothing. */
const JOINERS = new Set(["\u200c", "\u200d"]);

/** CSI, or a string sequence up to its end (BEL or ST), or ESC and one character. */
const SEQUENCE =
  // deno-lint-ignore no-control-regex -- escape is how they begin
  /\x1b(?:\[([0-?]{0,128})[ -/]{0,8}([@-~])|[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)|[ -/]{0,4}[0-OQ-WYZ\\`-~])/y;

/**
 * Takes a line of a program's output apart: its colours become classes, every other escape sequence is left out, and
 * what cannot be seen becomes something that can.
 */
export function plainLine(raw: string): PlainLine {
  if (!UNSHOWABLE.test(raw)) return { text: raw, runs: NO_RUNS };
  if (!raw.includes("\x1b")) return { text: shown(raw), runs: NO_RUNS };
  const runs: Run[] = [];
  let [text, style, at] = ["", PLAIN, 0];
  while (at < raw.length) {
    const escape = raw.indexOf("\x1b", at);
    const end = escape < 0 ? raw.length : escape;
    const start = text.length;
    text += shown(raw.slice(at, end));
    const className = classOf(style);
    if (className !== "" && text.length > start && runs.length < MAX_RUNS) {
      runs.push({ start, end: text.length, className });
    }
    if (escape < 0) break;
    SEQUENCE.lastIndex = escape;
    const found = SEQUENCE.exec(raw);
    if (found === null) text += "\u241b"; // an escape that begins nothing is shown as one
    else if (found[2] === "m") style = withParameters(style, found[1] ?? "");
    at = found === null ? escape + 1 : escape + found[0].length;
  }
  return { text, runs };
}

/** Tabs become blanks, C0 controls their pictures, and what else cannot be seen the sign for an unknown character. */
function shown(text: string): string {
  if (!UNSHOWABLE.test(text)) return text;
  return text.replace(EACH_UNSHOWABLE, (character) => {
    if (character === "\t") return TAB;
    if (JOINERS.has(character)) return character;
    const code = character.charCodeAt(0);
    if (code < 0x20) return String.fromCharCode(0x2400 + code);
    return code === 0x7f ? "\u2421" : UNKNOWN;
  });
}

interface Style {
  /** 0 to 15, or -1 for none. */
  readonly colour: number;
  readonly background: number;
  readonly isBold: boolean;
  readonly isItalic: boolean;
  readonly isUnderlined: boolean;
}

const PLAIN: Style = { colour: -1, background: -1, isBold: false, isItalic: false, isUnderlined: false };
const [BLACK, WHITE, BRIGHT_BLACK, BRIGHT_WHITE] = [0, 7, 8, 15];

/**
 * Backgrounds are not painted, for no one could promise that the text on them can be read; a coloured background under
 * plain text lends the text its colour. So every combination has the contrast that the console's own colours have.
 */
function classOf({ colour, background, isBold, isItalic, isUnderlined }: Style): string {
  const isPale = [-1, BLACK, WHITE, BRIGHT_BLACK, BRIGHT_WHITE].includes(colour);
  const seen = isPale && background > BLACK && background !== WHITE && background < BRIGHT_WHITE ? background : colour;
  const names = [
    seen >= 0 ? `ansi-${seen}` : "",
    isBold ? "ansi-bold" : "",
    isItalic ? "ansi-italic" : "",
    isUnderlined ? "ansi-underline" : "",
  ];
  return names.filter((name) => name !== "").join(" ");
}

function withParameters(style: Style, parameters: string): Style {
  const codes = parameters.split(/[;:]/).map((code) => code === "" ? 0 : Number(code));
  let changed = style;
  for (let at = 0; at < codes.length; at += 1) {
    const code = codes[at] ?? 0;
    if (code === 38 || code === 48) {
      const { colour, taken } = extendedColour(codes, at + 1);
      if (colour !== null) changed = { ...changed, [code === 38 ? "colour" : "background"]: colour };
      at += taken;
    } else {
      changed = withCode(changed, code);
    }
  }
  return changed;
}

function withCode(style: Style, code: number): Style {
  if (code >= 30 && code <= 37) return { ...style, colour: code - 30 };
  if (code >= 90 && code <= 97) return { ...style, colour: code - 90 + 8 };
  if (code >= 40 && code <= 47) return { ...style, background: code - 40 };
  if (code >= 100 && code <= 107) return { ...style, background: code - 100 + 8 };
  switch (code) {
    case 0:
      return PLAIN;
    case 1:
      return { ...style, isBold: true };
    case 3:
      return { ...style, isItalic: true };
    case 4:
      return { ...style, isUnderlined: true };
    case 22:
      return { ...style, isBold: false };
    case 23:
      return { ...style, isItalic: false };
    case 24:
      return { ...style, isUnderlined: false };
    case 39:
      return { ...style, colour: -1 };
    case 49:
      return { ...style, background: -1 };
    default:
      return style; // blinking, hidden, reversed and what is unknown change nothing
  }
}

/** `5;n` and `2;r;g;b` after 38 or 48, as the nearest of the sixteen that the console has. */
function extendedColour(codes: readonly number[], at: number): { colour: number | null; taken: number } {
  if (codes[at] === 5) return { colour: ofTable(codes[at + 1] ?? 0), taken: 2 };
  if (codes[at] === 2) return { colour: nearest(codes[at + 1] ?? 0, codes[at + 2] ?? 0, codes[at + 3] ?? 0), taken: 4 };
  return { colour: null, taken: 0 };
}

function ofTable(index: number): number | null {
  if (!(index >= 0 && index <= 255)) return null;
  if (index < 16) return index;
  if (index >= 232) return index < 244 ? BRIGHT_BLACK : WHITE;
  const level = (step: number) => step === 0 ? 0 : 55 + step * 40;
  const cube = index - 16;
  return nearest(level(Math.floor(cube / 36)), level(Math.floor(cube / 6) % 6), level(cube % 6));
}

function nearest(red: number, green: number, blue: number): number {
  const [most, least] = [Math.max(red, green, blue), Math.min(red, green, blue)];
  if (most - least < 48) return most < 64 ? BLACK : most < 150 ? BRIGHT_BLACK : most < 220 ? WHITE : BRIGHT_WHITE;
  const middle = (most + least) / 2;
  const hue = (red > middle ? 1 : 0) + (green > middle ? 2 : 0) + (blue > middle ? 4 : 0);
  return most > 200 ? hue + 8 : hue;
}
