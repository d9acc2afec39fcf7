import assert from "node:assert/strict";
import { withAnsweringApi } from "../../tests/helpers/answering_api.ts";
import { runCli } from "../../tests/helpers/run_cli.ts";

const ndjson = (...lines: readonly object[]) =>
  new Response(lines.map((line) => `${JSON.stringify(line)}\n`).join(""), {
    headers: { "content-type": "application/x-ndjson" },
  });
const match = (host: string, at: number, text: string) => ({
  type: "match",
  host,
  hostId: host,
  process: "Shop",
  processId: "shop",
  file: "stdout",
  at,
  text,
  timeMs: Date.UTC(2026, 0, 1) + at,
});
const hostLine = (host: string, state: string, message?: string) => ({
  type: "host",
  host,
  hostId: host,
  state,
  ...(message !== undefined && { message }),
});
const endLine = (matches: number, hosts: number, more = {}) => ({
  type: "end",
  matches,
  scannedBytes: 10,
  files: 1,
  hosts,
  states: {},
  ...more,
});

Deno.test("what is wanted is asked of the manager in one question", () =>
  withAnsweringApi(() => ndjson(hostLine("a", "done"), endLine(0, 1)), async ({ env, asked }) => {
    const args = [
      "grep",
      "x y",
      "-E",
      "-i",
      "--host",
      "web-*",
      "--host",
      "db",
      "--process",
      "shop",
      "--file",
      "stderr",
    ];
    const more = [
      "--since",
      "2h",
      "--until",
      "2026-01-31T12:00:00Z",
      "-n",
      "5",
      "-C",
      "2",
      "-A",
      "3",
      "--timeout",
      "1m",
    ];
    const { code } = await runCli([...args, ...more], { env });
    assert.equal(code, 1);
    assert.deepEqual(Object.fromEntries(new URL(asked[0]?.path ?? "", "http://m").searchParams), {
      ...{ pattern: "x y", regex: "true", ignoreCase: "true", process: "shop", file: "stderr", select: "web-*,db" },
      ...{ since: "2h", until: "2026-01-31T12:00:00.000Z", limit: "5", before: "2", after: "3", timeoutMs: "60000" },
    });
  }));

Deno.test("matches come in the order of their times, as text or as JSON, and the summary on its own", () =>
  withAnsweringApi(
    () =>
      ndjson(
        match("b", 2, "two"),
        match("a", 1, "one"),
        hostLine("a", "done"),
        hostLine("b", "failed", "it broke"),
        endLine(2, 2),
      ),
    async ({ env }) => {
      const text = await runCli(["grep", "o", "--host", "*"], { env });
      assert.equal(text.code, 0);
      assert.deepEqual(text.stdout.split("\n").map((line) => line.split(" | ")[1]), ["one", "two", undefined]);
      assert.match(text.stderr, /^2 matches on 2 of 2 hosts, 10 B searched\nfailed: b: it broke\n$/);
      const json = await runCli(["grep", "o", "--host", "*", "--json"], { env });
      const types = json.stdout.trimEnd().split("\n").map((line) => JSON.parse(line)).map(({ type, text }) =>
        text ?? type
      );
      assert.deepEqual([types, json.stderr], [["one", "two", "host", "host", "end"], ""]);
    },
  ));

Deno.test("the exit code says whether something was found, and why not", async () => {
  const codes = async (...lines: readonly object[]) => {
    let code = -1;
    await withAnsweringApi(() => ndjson(...lines), async ({ env }) => {
      code = (await runCli(["grep", "x", "--host", "a,b"], { env })).code;
    });
    return code;
  };
  assert.equal(await codes(match("a", 1, "x"), hostLine("b", "offline"), endLine(1, 2)), 0);
  assert.equal(await codes(hostLine("a", "done"), hostLine("b", "offline"), endLine(0, 2)), 1);
  assert.equal(await codes(hostLine("a", "offline"), hostLine("b", "offline"), endLine(0, 2)), 8);
  assert.equal(await codes(hostLine("a", "done")), 1, "it broke off");
});

Deno.test("what makes no sense is refused before anything is asked", () =>
  withAnsweringApi(() => ndjson(endLine(0, 0)), async ({ env, asked }) => {
    for (
      const wrong of [["-n", "0"], ["-n", "99999"], ["-C", "51"], ["--since", "yesterday"], ["--until", "x"], [
        "--timeout",
        "11m",
      ]]
    ) {
      const { code, stderr } = await runCli(["grep", "x", "--host", "a", ...wrong], { env });
      assert.deepEqual(
        [code, stderr.includes(wrong[0] === "-n" ? "--limit" : wrong[0] === "-C" ? "context" : wrong[0] ?? "")],
        [2, true],
        wrong.join(" "),
      );
    }
    assert.deepEqual(asked, []);
  }));
