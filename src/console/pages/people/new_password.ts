/** Passwords that are made here for somebody else, to be told once and changed by their owner. */

/** Without those that are taken for each other when they are read out: 0 and O, 1, l and I. */
const SIGNS = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";
const GROUPS = 5;
const GROUP_LENGTH = 4;

export const MIN_PASSWORD_LENGTH = 12;

/** As the manager has it, so that the field can say so before anything is sent. */
export const USER_NAME = /^[a-z0-9][a-z0-9._@-]{0,63}$/;

/** Some 116 bits, in groups that can be typed. */
export function newPassword(fill: (bytes: Uint8Array<ArrayBuffer>) => void = fillRandom): string {
  const groups = Array.from({ length: GROUPS }, () => group(fill));
  return groups.join("-");
}

function group(fill: (bytes: Uint8Array<ArrayBuffer>) => void): string {
  let text = "";
  const bytes = new Uint8Array(16);
  // What is left over above a multiple of the signs would make the first ones likelier.
  const limit = 256 - 256 % SIGNS.length;
  while (text.length < GROUP_LENGTH) {
    fill(bytes);
    for (const byte of bytes) if (byte < limit && text.length < GROUP_LENGTH) text += SIGNS[byte % SIGNS.length];
  }
  return text;
}

function fillRandom(bytes: Uint8Array<ArrayBuffer>): void {
  crypto.getRandomValues(bytes);
}
