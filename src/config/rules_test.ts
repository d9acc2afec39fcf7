import assert from "node:assert/strict";
import fc from "fast-check";
import { refusal } from "../../tests/helpers/config_loading.ts";
import { loadConfig, type LoadOptions } from "./load.ts";

const BASE: LoadOptions = {
  file: null,
  fileRequired: true,
  env: {},
  defaults: { workDir: "/w", pidFile: "/p", logFile: "/l", socket: "/s" },
  cwd: "/start",
};

function options(processes: unknown, defaults: unknown = {}): LoadOptions {
  const env = { AGENT_PROCESSES: JSON.stringify(processes), AGENT_PROCESS_DEFAULTS: JSON.stringify(defaults) };
  return { ...BASE, env };
}

function accepted(processes: unknown, defaults: unknown = {}): Promise<unknown> {
  return loadConfig(options(processes, defaults));
}

Deno.test("what fits in process_defaults need not fit every process that changes it", async () => {
  const liveness = { type: "http", target: "http://127.0.0.1:80/", status: [200], body: "ok" };
  await accepted([{ id: "a", command: ["/a"], liveness: { type: "none" } }], { liveness });
  await accepted([{ id: "a", command: ["/a"], liveness: { type: "tcp", target: "db:1" } }], { liveness });
  await accepted([{ id: "a", command: ["/a"], log: { discard: true } }], { log: { stdout: "/o/{{id}}.log" } });
  await accepted([{ id: "a", command: ["/a"], log: { merge: true } }], { log: { stderr: "/o/{{id}}.log" } });
  await accepted([{ id: "a", command: ["/a"], restart: { backoff_max: "100ms" } }]);
  const { message } = await refusal(options([{ id: "a", command: ["/a"] }, { id: "b", command: ["/b"] }], {
    readiness: { type: "tcp", target: "x" },
  }));
  assert.equal(message.split("\n").length, 1, message);
  assert.match(message, /process_defaults\.readiness\.target must be host:port/);
});

Deno.test("files are apart when the words in them are", async () => {
  const log = { stdout: "/log/{{id}}.out", stderr: "/log/{{id}}.err" };
  await accepted([{ id: "a", command: ["/a"], replicas: 3 }, { id: "b", command: ["/b"] }], { log });
  await accepted([{ id: "a", command: ["/a"], replicas: 3, socket_path: "{{work_dir}}/hb" }]);
  await accepted([{ id: "a", command: ["/a"], replicas: 3, port_base: 80, socket_path: "/run/{{port}}.sock" }]);
  await accepted([
    { id: "a", command: ["/a"], log: { merge: true, stdout: "/x" } },
    { id: "b", command: ["/b"], log: { discard: true } },
  ]);
  const { message } = await refusal(options([
    { id: "b-2", command: ["/a"], log: { stdout: "/log/x-2" } },
    { id: "x", command: ["/b"], replicas: 3, log: { stdout: "/log/{{id}}" } },
  ]));
  assert.match(message, /processes\[1\]\.log\.stdout '\/log\/\{\{id\}\}' is taken: processes\[0\]\.log\.stdout has it/);
});

Deno.test("the last replica's target must be good as well as the first one's", async () => {
  const shop = { id: "a", command: ["/a"], replicas: 10, readiness: { type: "tcp", target: "127.0.0.1:6{{index}}" } };
  await accepted([shop]);
  const { message } = await refusal(
    options([{ ...shop, replicas: 11, readiness: { ...shop.readiness, target: "h:655{{index}}9" } }]),
  );
  assert.match(message, /readiness\.target must be host:port/);
});

Deno.test("a program is needed only where nobody knows one", async () => {
  await accepted([{ id: "a", type: "node_exporter" }]);
  await accepted([{ id: "a", type: "telegraf", config_file: "/t.conf" }]);
  await accepted([{ id: "a", pid_strategy: "match", match: { port: 80 } }]);
  await accepted([{ id: "a", pid_strategy: "match", replicas: 2, match: { pid_file: "/run/{{index}}.pid" } }]);
  await accepted([{ id: "a", pid_strategy: "match", replicas: 2, match: { command_line: "shop-{{index}}$" } }]);
  await accepted([{ id: "a", type: "filebeat", command: ["/opt/filebeat"] }]);
});

Deno.test("a socket path is measured with its words filled in", async () => {
  const long = "x".repeat(60);
  const { message } = await refusal(options([{ id: long, command: ["/a"], socket_path: "/run/{{id}}/{{id}}.sock" }]));
  assert.match(message, /socket_path must be at most 107 bytes long.* has 131/);
});

Deno.test("a chain of thousands of processes is no cycle, and is looked at in no time", async () => {
  const chain = Array.from({ length: 5_000 }, (_, i) => ({
    id: `p${i}`,
    command: ["/a"],
    depends_on: i === 4_999 ? [] : [`p${i + 1}`],
  }));
  await accepted(chain);
});

Deno.test("processes are refused exactly when they wait for each other, and what is printed is a cycle", async () => {
  const edges = fc.array(fc.tuple(fc.nat(5), fc.nat(5)), { maxLength: 9 });
  await fc.assert(
    fc.asyncProperty(edges, async (pairs) => {
      const needs = new Map<number, Set<number>>(Array.from({ length: 6 }, (_, i) => [i, new Set()]));
      for (const [from, to] of pairs) if (from !== to) needs.get(from)?.add(to);
      const processes = [...needs].map(([i, to]) => ({
        id: `p${i}`,
        command: ["/a"],
        depends_on: [...to].map((j) => `p${j}`),
      }));
      if (!hasCycle(needs)) return void await accepted(processes);
      const { message } = await refusal(options(processes));
      for (const [, printed = ""] of message.matchAll(/each other: ([^;]+);/g)) {
        const ids = printed.split(" -> ").map((id) => Number(id.slice(1)));
        assert.equal(ids[0], ids.at(-1));
        for (const [at, id] of ids.slice(0, -1).entries()) assert(needs.get(id)?.has(ids[at + 1] ?? -1), printed);
        assert.equal(new Set(ids).size, ids.length - 1);
      }
      assert.match(message, /each other: /);
    }),
    { numRuns: 60 },
  );
});

/** Takes away whatever waits for nothing, until nothing is left or all that is left wait. */
function hasCycle(needs: ReadonlyMap<number, ReadonlySet<number>>): boolean {
  const left = new Set(needs.keys());
  for (let before = -1; before !== left.size;) {
    before = left.size;
    for (const one of left) if ([...needs.get(one) ?? []].every((need) => !left.has(need))) left.delete(one);
  }
  return left.size > 0;
}
