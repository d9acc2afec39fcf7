/** How much text still fits; shared by everything that goes into one field. */
export interface Budget {
  leftBytes: number;
}

const MARK_BYTES = 24;

/** The text, or as much of it as the budget holds and a mark that says how much is missing. Takes what it uses. */
export function fit(text: string, budget: Budget): string {
  let usedBytes = 0;
  let fitting = 0;
  const roomBytes = Math.max(0, budget.leftBytes - MARK_BYTES);
  for (let index = 0; index < text.length; index++) {
    usedBytes += jsonBytes(text.charCodeAt(index));
    if (usedBytes <= roomBytes) fitting = index + 1;
    else if (usedBytes > budget.leftBytes) {
      budget.leftBytes = 0;
      const end = isHighSurrogate(text.charCodeAt(fitting - 1)) ? fitting - 1 : fitting;
      return `${text.slice(0, end)}…[${text.length - end} more]`;
    }
  }
  budget.leftBytes -= usedBytes;
  return text;
}

/** The most bytes that a UTF-16 unit takes in a JSON line: an escape for what is not printable, UTF-8 for the rest. */
function jsonBytes(unit: number): number {
  if (unit === 0x22 || unit === 0x5c) return 2;
  if (unit >= 0x20 && unit < 0x7f) return 1;
  return unit < 0xa0 || unit >= 0x2000 ? 6 : 3;
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit < 0xdc00;
}
