/**
 * How many columns text takes in a font of fixed width, and where it is broken into rows. Rows are broken here and not
 * by the browser, so that each has the same height and the place of any of 50,000 lines is known without asking it.
 */

const PLAIN_ASCII = /^[\x20-\x7e]*$/;
const MARK = /^[\p{Mn}\p{Me}\u200c\u200d\ufe0e\ufe0f]$/u;
const WIDE = /^[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6]$/u;

/** The ends of each row but the last, as offsets into the text. An empty list: it fits into one. */
export function breaksOf(text: string, columns: number): readonly number[] {
  if (columns < 1 || text.length <= columns && PLAIN_ASCII.test(text)) return NONE;
  if (PLAIN_ASCII.test(text)) return everyColumns(text.length, columns);
  const breaks: number[] = [];
  let [used, at] = [0, 0];
  for (const character of text) {
    const width = widthOf(character);
    if (used + width > columns && used > 0) {
      breaks.push(at);
      used = 0;
    }
    used += width;
    at += character.length;
  }
  return breaks;
}

const NONE: readonly number[] = [];

function everyColumns(length: number, columns: number): number[] {
  const breaks: number[] = [];
  for (let end = columns; end < length; end += columns) breaks.push(end);
  return breaks;
}

function widthOf(character: string): number {
  if (character < "\u0300") return 1;
  if (MARK.test(character)) return 0;
  return character.length === 2 || WIDE.test(character) ? 2 : 1;
}
