import assert from "node:assert/strict";
import { newPassword } from "./new_password.ts";

Deno.test("passwords are long, differ, and hold no signs that are taken for each other", () => {
  const made = new Set(Array.from({ length: 200 }, () => newPassword()));
  assert.equal(made.size, 200);
  for (const password of made) assert.match(password, /^(?:[a-km-np-zA-HJ-NP-Z2-9]{4}-){4}[a-km-np-zA-HJ-NP-Z2-9]{4}$/);
});

Deno.test("every sign stands for as many random bytes as any other, and the bytes left over for none", () => {
  const counts = new Map<string, number>();
  for (let byte = 0; byte < 256; byte++) {
    let isFirst = true;
    const sign = newPassword((bytes) => {
      bytes.fill(isFirst ? byte : 0);
      isFirst = false;
    })[0] ?? "";
    counts.set(sign, (counts.get(sign) ?? 0) + 1);
  }
  assert.equal(counts.size, 56);
  assert.deepEqual(new Set([...counts].map(([sign, count]) => sign === "a" ? count - 32 : count)), new Set([4]));
});
