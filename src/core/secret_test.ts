import assert from "node:assert/strict";
import { inspect } from "node:util";
import { Secret } from "./secret.ts";

const TEXT = "correct horse battery staple";

Deno.test("Secret: is never seen, however it is printed", () => {
  const secret = new Secret(TEXT);
  const printed = [
    `${secret}`,
    "" + secret,
    String(secret),
    [secret].join(),
    JSON.stringify({ secret, list: [secret] }),
    JSON.stringify({ ...secret }),
    Deno.inspect(secret),
    Deno.inspect({ deep: { secret } }, { depth: 9, showHidden: true }),
    inspect(secret),
    inspect({ deep: [secret] }, { depth: 9, showHidden: true }),
    JSON.stringify(Object.entries(secret)),
    Object.getOwnPropertyNames(secret).join(),
    JSON.stringify(structuredClone({ ...secret })),
  ];
  for (const text of printed) assert.ok(!text.includes("horse"), text);
  assert.equal(`${secret}`, "[redacted]");
});

Deno.test("Secret: only reveal gives the text", () => assert.equal(new Secret(TEXT).reveal(), TEXT));
