import assert from "node:assert/strict";
import fc from "fast-check";
import { AppError } from "../core/mod.ts";
import { loadConfig } from "./load.ts";
import { parseProcess, type ProcessCompany } from "./parse_process.ts";
import type { Config, ProcessConfig } from "./schema/config.ts";

const defaults = { workDir: "/w", pidFile: "/p", logFile: "/l", socket: "/s" };

async function running(text: string): Promise<Config> {
  const { config } = await loadConfig({ file: null, fileRequired: true, env: yaml(text), defaults, cwd: "/start" });
  return config;
}

function yaml(text: string): Record<string, string> {
  const [processes = "", processDefaults = ""] = text.split("---");
  return { AGENT_PROCESSES: processes, AGENT_PROCESS_DEFAULTS: processDefaults };
}

function company(config: Config): ProcessCompany {
  return { defaults: config.process_defaults, others: config.processes, agent: config.agent };
}

function refusal(item: unknown, among: ProcessCompany): AppError {
  try {
    parseProcess(item, among);
  } catch (error) {
    assert(error instanceof AppError, String(error));
    assert.equal(error.code, "invalid_input");
    return error;
  }
  return assert.fail("it was accepted");
}

Deno.test("a process of the API is the same as one of the config, with the defaults of the config", async () => {
  const item = {
    id: "shop",
    command: ["/opt/shop", "{{port}}"],
    port_base: 8080,
    replicas: 2,
    env: { A: "x", N: 8080 },
    depends_on: ["db"],
    work_dir: "/srv/shop",
    socket_path: "{{work_dir}}/{{id}}.sock",
    liveness: { type: "http", target: "http://127.0.0.1:{{port}}/", headers: { X: "y" } },
    stop: null,
  };
  const text = `[{id: db, command: [/db]}, ${
    JSON.stringify(item)
  }]---{restart: {max_retries: 3}, liveness: {headers: {A: b}}}`;
  const [db, shop] = (await running(text)).processes;
  const config = await running(`[{id: db, command: [/db]}]---{restart: {max_retries: 3}, liveness: {headers: {A: b}}}`);
  const parsed = parseProcess(item, company(config));
  assert.deepEqual(reveal(parsed), reveal(shop));
  assert.deepEqual(
    reveal(parseProcess({ id: "db", command: ["/db"] }, { ...company(config), others: [] })),
    reveal(db),
  );
  assert.equal(parsed.restart.max_retries, 3);
});

/** Secrets as text, so that they can be compared. */
function reveal(process: ProcessConfig | undefined): unknown {
  assert(process !== undefined);
  const text = (values: ProcessConfig["env"]) => Object.entries(values).map(([name, value]) => [name, value.reveal()]);
  return {
    ...process,
    env: text(process.env),
    liveness: { ...process.liveness, headers: text(process.liveness.headers) },
  };
}

Deno.test("everything that is wrong is told with its key, without a line", async () => {
  const config = await running("[{id: db, command: [/db]}]");
  const item = { id: "a b", comand: ["/x"], work_dir: "data", env: { "X-Y": "hunter2" }, liveness: { interval: 5 } };
  const { message, details } = refusal(item, company(config));
  assert.deepEqual(message.split("\n"), [
    "Cannot take this process: process.id must be 1 to 64 letters, digits, dots, hyphens or underscores, the first a " +
    "letter or digit, got 'a b'",
    "  process.env.X-Y must have a name of letters, digits and underscores, the first of them no digit",
    "  process.liveness.interval must be a duration such as 10s, got 5; write 5s",
    '  process.comand is not a known key; did you mean "command"?',
    "  process.work_dir must be an absolute path, got 'data'",
    "  process has no program to run; give it command: [program, argument, …], or binary_path",
  ]);
  assert.equal((details as { problems: unknown[] }).problems.length, 6);
  assert.doesNotMatch(message + JSON.stringify(details), /hunter2/);
});

for (
  const [what, item, expected] of [
    ["an id that is taken", { id: "db" }, "process.id 'db' is taken: process 'db'.id has it too; give each process"],
    ["the id of a replica", { id: "web-1" }, "process.id 'web-1' is taken: it is the name of a replica of 'web'"],
    [
      "replicas named as others are",
      { id: "cache", replicas: 2 },
      "process.replicas makes a 'cache-1', which is taken: process 'cache-1'.id has it; give",
    ],
    ["an unknown dependency", { depends_on: ["dbb"] }, "process.depends_on[0] 'dbb' is not the id of a process; did"],
    ["a cycle", { id: "late", depends_on: ["web"] }, null],
    ["a socket that is taken", { socket_path: "/run/db.sock" }, "process.socket_path '/run/db.sock' is taken: process"],
    ["the agent's log", { log: { stdout: "/l" } }, "process.log.stdout '/l' is taken: it is agent.log.file"],
    [
      "waiting for the end of a service",
      { depends_on: [{ id: "db", condition: "completed" }] },
      "process.depends_on[0]",
    ],
  ] as const
) {
  Deno.test(`refused by the API: ${what}`, async () => {
    const config = await running(
      "[{id: db, command: [/db], socket_path: /run/db.sock}, {id: web, command: [/web], replicas: 2, depends_on: [db]}," +
        "{id: cache-1, command: [/c]}]",
    );
    const full = { id: "new", command: ["/new"], ...item };
    if (expected === null) assert.equal(parseProcess(full, company(config)).id, "late");
    else assert(refusal(full, company(config)).message.includes(expected), refusal(full, company(config)).message);
  });
}

Deno.test("a process that is changed so that others wait for it in a circle is refused", async () => {
  const config = await running("[{id: db, command: [/d]}, {id: web, command: [/w], depends_on: [db]}]");
  const others = config.processes.filter(({ id }) => id !== "db");
  const { message } = refusal({ id: "db", command: ["/d"], depends_on: ["web"] }, { ...company(config), others });
  assert.match(message, /process\.depends_on\[0\] makes processes wait for each other: db -> web -> db;/);
});

Deno.test("what is no process is refused, however deep it is", async () => {
  const config = await running("[]");
  for (const item of [null, undefined, 5, "x", [], [{}]]) {
    assert.match(refusal(item, company(config)).message, /process must be a mapping of keys to values$/);
  }
  let deep: unknown = 1;
  for (let depth = 0; depth < 100_000; depth++) deep = [deep];
  assert.match(refusal({ id: "a", env: deep }, company(config)).message, /process is nested too deeply/);
});

Deno.test("whatever is given, it is a process or invalid_input", async () => {
  const config = await running("[{id: db, command: [/db]}]");
  const names = [
    ...[
      "id",
      "command",
      "replicas",
      "port_base",
      "env",
      "labels",
      "depends_on",
      "readiness",
      "liveness",
      "match",
      "log",
    ],
    ...[
      "type",
      "pid_strategy",
      "target",
      "pattern",
      "headers",
      "socket_path",
      "restart",
      "stdout",
      "__proto__",
      "port",
    ],
  ];
  const words = ["tcp", "http", "log", "exec", "match", "{{port}}", "{{work_dir}}/x", "db", "/a", "1s", "(", "on"];
  const value = fc.letrec((tie) => ({
    any: fc.oneof(
      { maxDepth: 3 },
      fc.constantFrom<unknown>(...words, 0, 1, -1, 1e9, 0.5, true, null),
      fc.array(tie("any"), { maxLength: 3 }),
      fc.dictionary(fc.constantFrom(...names), tie("any"), { maxKeys: 5 }),
    ),
  })).any;
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom(...names), value, { maxKeys: 8 }), (item) => {
      try {
        const base = { id: "a", command: ["/a"] };
        assert.equal(typeof parseProcess({ ...base, ...item }, company(config)).id, "string");
      } catch (error) {
        assert(error instanceof AppError && error.code === "invalid_input", String(error));
      }
    }),
    { numRuns: 300 },
  );
});
