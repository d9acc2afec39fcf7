export interface Wish {
  readonly text: string;
  /** Found by as well, and not shown. */
  readonly more?: string | undefined;
}

/** Those that hold what was typed: as a beginning before as a part, as a part before in its letters' order. */
export function ranked<T extends Wish>(wishes: readonly T[], typed: string, max: number): T[] {
  const wanted = typed.trim().toLowerCase();
  if (wanted === "") return wishes.slice(0, max);
  const found: { readonly wish: T; readonly rank: number; readonly at: number }[] = [];
  for (const [at, wish] of wishes.entries()) {
    const rank = rankOf(wish, wanted);
    if (rank !== null) found.push({ wish, rank, at });
  }
  found.sort((a, b) => a.rank - b.rank || a.wish.text.length - b.wish.text.length || a.at - b.at);
  return found.slice(0, max).map(({ wish }) => wish);
}

function rankOf({ text, more = "" }: Wish, wanted: string): number | null {
  const name = text.toLowerCase();
  if (name === wanted) return 0;
  if (name.startsWith(wanted)) return 1;
  const at = name.indexOf(wanted);
  if (at > 0) return /[\s._-]/.test(name.charAt(at - 1)) ? 2 : 3;
  if (more.toLowerCase().includes(wanted)) return 4;
  return hasInOrder(name, wanted) ? 5 : null;
}

function hasInOrder(text: string, letters: string): boolean {
  let at = 0;
  for (const letter of letters) {
    at = text.indexOf(letter, at) + 1;
    if (at === 0) return false;
  }
  return true;
}
