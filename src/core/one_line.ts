/** C0 and C1 controls, line separators and what turns the direction of writing: nothing that a terminal acts on. */
// deno-lint-ignore no-control-regex -- control characters are what is looked for
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]+/g;

/** Text of unknown origin on one line, without control characters, cut where it is too long. */
export function oneLine(text: string, maxLength: number): string {
  const head = text.slice(0, maxLength * 4).replace(UNPRINTABLE, " ").trim();
  return head.length > maxLength || text.length > maxLength * 4 ? `${head.slice(0, maxLength - 1)}…` : head;
}
