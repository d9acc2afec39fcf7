const MAX_NAME_BYTES = 255;

/** The name under which a file grows beside its target: hidden, its own, and no longer than names may be. */
export function stagingName(name: string, id: string): string {
  const tail = `.farhand-${id}.part`;
  const encoder = new TextEncoder();
  let head = "";
  let left = MAX_NAME_BYTES - 1 - tail.length;
  for (const character of name) {
    left -= encoder.encode(character).length;
    if (left < 0) break;
    head += character;
  }
  return `.${head}${tail}`;
}
