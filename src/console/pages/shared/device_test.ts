import assert from "node:assert/strict";
import { deviceOf } from "./device.ts";

const CHROME = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36";

Deno.test("browsers are told by name, version and system", () => {
  assert.equal(deviceOf(CHROME), "Chrome 140, Linux");
  assert.equal(deviceOf(`${CHROME} Edg/139.0.1`), "Edge 139, Linux");
  assert.equal(
    deviceOf("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:128.0) Gecko/20100101 Firefox/128.0"),
    "Firefox 128, Windows",
  );
  const safari = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) " +
    "Version/17.5 Mobile/15E148 Safari/604.1";
  assert.equal(deviceOf(safari), "Safari 17, iOS");
});

Deno.test("anything else is shown as it says, harmlessly", () => {
  assert.equal(deviceOf("farhand-cli/0.1"), "farhand-cli/0.1");
  assert.equal(deviceOf(""), "");
  assert.equal(deviceOf("\u202Eevil\u001b[31m"), "evil");
  assert.equal(deviceOf("x".repeat(5_000)).length, 60);
});
