/**
 * What of a backlog comes after what was seen already; both oldest first. A stream of lines has no positions to resume
 * from: after a break it begins again with the latest lines, and where these overlap with what is there must be found.
 *
 * The backlog fits at a place when everything before that place is the end of what was seen, as far back as that is
 * known. Of several such places (a program that prints the same again and again) the last is taken.
 */
export function newSince(seen: readonly string[], backlog: readonly string[]): { from: number; hasGap: boolean } {
  if (seen.length === 0) return { from: 0, hasGap: false };
  for (let place = backlog.length; place > 0; place -= 1) {
    if (fits(seen, backlog, place)) return { from: place, hasGap: false };
  }
  return { from: 0, hasGap: backlog.length > 0 };
}

function fits(seen: readonly string[], backlog: readonly string[], place: number): boolean {
  const compared = Math.min(place, seen.length);
  for (let back = 1; back <= compared; back += 1) {
    if (backlog[place - back] !== seen[seen.length - back]) return false;
  }
  return true;
}
