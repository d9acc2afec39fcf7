import type { LogLine } from "../../protocol/mod.ts";

/** So many lines in a row are not the same by chance, and if they are, the later ones are shown twice. */
const TAIL = 32;
/** Of a line, for comparing it. */
const TAIL_TEXT = 256;
/** A process with more files than this has begun new ones so often that the first are of no use. */
const MAX_FILES = 64;

/**
 * Where the lines that were shown ended, by their texts: a log has no other marks. So that listening can begin anew a
 * little before that place, and nothing is lost or shown twice.
 */
export class Continuation {
  /** The last lines of each file. */
  readonly #tails = new Map<string, string[]>();

  get isEmpty(): boolean {
    return this.#tails.size === 0;
  }

  /** To be told of each line that is shown. */
  add({ file, text }: LogLine): void {
    const tail = this.#tails.get(file) ?? [];
    tail.push(markOf(text));
    if (tail.length > TAIL) tail.shift();
    this.#tails.set(file, tail);
    if (this.#tails.size <= MAX_FILES) return;
    for (const oldest of this.#tails.keys()) {
      this.#tails.delete(oldest);
      break;
    }
  }

  /** What is new of lines that begin somewhere before or after the end; `isJoined` is false where no place was found. */
  continue(lines: readonly LogLine[]): { readonly unseen: LogLine[]; readonly isJoined: boolean } {
    const lastSeen = new Map<string, number>();
    for (const [file, tail] of this.#tails) {
      const own = [...lines.entries()].filter(([, line]) => line.file === file);
      const at = endOf(tail, own.map(([, { text }]) => markOf(text)));
      if (at >= 0) lastSeen.set(file, own[at]?.[0] ?? -1);
    }
    // A file of which nothing had been shown was silent until then; what is older was shown by nobody's wish.
    const latest = Math.max(-1, ...lastSeen.values());
    const endFor = (file: string) => lastSeen.get(file) ?? (this.#tails.has(file) ? -1 : latest);
    return { unseen: lines.filter(({ file }, index) => index > endFor(file)), isJoined: lastSeen.size > 0 };
  }
}

/** Length and beginning: enough to tell lines apart, and bounded. */
function markOf(text: string): string {
  return `${text.length}:${text.slice(0, TAIL_TEXT)}`;
}

/** Where the tail ends in the lines: the first place with all of it, or else the longest part that they begin with. */
function endOf(tail: readonly string[], lines: readonly string[]): number {
  let partial = -1;
  for (let end = 0; end < lines.length; end++) {
    const length = Math.min(tail.length, end + 1);
    if (!endsWith(lines, end, tail, length)) continue;
    if (length === tail.length) return end;
    partial = end; // each is longer than the one before
  }
  return partial;
}

function endsWith(lines: readonly string[], end: number, tail: readonly string[], length: number): boolean {
  for (let back = 0; back < length; back++) {
    if (lines[end - back] !== tail[tail.length - 1 - back]) return false;
  }
  return true;
}
