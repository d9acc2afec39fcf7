import { cutToBytes } from "../../../core/mod.ts";

const MAX_NAME_BYTES = 255;

/** The name under which a file grows beside its target: hidden, its own, and no longer than names may be. */
export function stagingName(name: string, id: string): string {
  const tail = `.farhand-${id}.part`;
  return `.${cutToBytes(name, MAX_NAME_BYTES - 1 - tail.length)}${tail}`;
}
