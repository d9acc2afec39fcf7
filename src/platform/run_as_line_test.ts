import assert from "node:assert/strict";
import { runAsLine } from "./run_as_line.ts";

const isLinux = Deno.build.os === "linux";
const isRoot = Deno.build.os !== "windows" && Deno.uid() === 0;

Deno.test("without a user nothing is put before a command", () => assert.deepEqual(runAsLine(""), []));

Deno.test({ name: "a user is set with its groups, by a stock tool", ignore: !isLinux || !isRoot }, () => {
  const [tool, ...args] = runAsLine("65534");
  assert.match(tool ?? "", /\/setpriv$/);
  assert.ok(args.includes("--reuid=65534") && args.at(-1) === "--", args.join(" "));
  assert.deepEqual(runAsLine("root"), []);
});

Deno.test({ name: "a user that is none is named", ignore: !isLinux }, () => {
  assert.throws(() => runAsLine("no-such-user"), { code: "not_found", message: /no-such-user/ });
});

Deno.test({ name: "elsewhere it says that it cannot", ignore: isLinux }, () => {
  assert.throws(() => runAsLine("somebody"), { code: "unsupported" });
});
