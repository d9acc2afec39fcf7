/**
 * `deno task check:api [EXECUTABLE] [--seconds 60]`: has schemathesis ask a manager of its own for everything that its
 * OpenAPI document describes, with sound and with broken requests. Fails on a server error and on any answer that the
 * document does not know. Needs Python with venv; installs schemathesis into a directory that is kept in the cache.
 */
import { parseArgs } from "node:util";
import { ROOT, runScript } from "./support.ts";

const VERSION = "4.32.5";
const CHECKS = [
  "not_a_server_error",
  "status_code_conformance",
  "content_type_conformance",
  "response_schema_conformance",
  "unsupported_method",
];
/** They go on for ever, or leave HTTP, or are answered by a host. */
const LEFT_OUT = "/stream$|/live$|^/tunnel$|/agent/";
const PASSWORD = "only for this one check";

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    args: Deno.args,
    allowPositionals: true,
    options: { seconds: { type: "string", default: "60" } },
  });
  const [executable] = positionals;
  const tool = await schemathesis();
  if (tool === null) return 0;
  const dir = await Deno.makeTempDir({ prefix: "farhand-check-api-" });
  const agent = executable === undefined
    ? [Deno.execPath(), "run", "-A", new URL("main.ts", ROOT).pathname]
    : [await Deno.realPath(executable)];
  const manager = (...args: string[]) => [...agent, "manager", ...args, "--data-dir", `${dir}/data`];
  try {
    const started = await run(manager("start", "--listen", "http://127.0.0.1:0", "--json"));
    const { url } = JSON.parse(started);
    await Deno.writeTextFile(`${dir}/password`, PASSWORD);
    await run(manager("user", "add", "checker", "--role", "admin", "--password-file", `${dir}/password`));
    const base = `http://127.0.0.1:${new URL(url).port}`;
    await writeConfig(`${dir}/schemathesis.toml`, await apiToken(base));
    const failures = await check(tool, dir, base, values.seconds);
    insistOnEntry(await run(manager("audit", "list", "--json")));
    return failures;
  } finally {
    await run(manager("stop")).catch((error) => console.error(`check_api: ${error.message}`));
    await Deno.remove(dir, { recursive: true });
  }
}

/** The token stands in a file, not on the command line, where every user could read it. */
async function writeConfig(path: string, token: string): Promise<void> {
  const text = `[headers]\nAuthorization = "Bearer ${token}"\n`;
  await Deno.writeTextFile(path, text, { mode: 0o600 });
}

/** A check whose every request was turned away at the door would have found nothing. */
function insistOnEntry(audit: string): void {
  const entries: { actor: string; result: string }[] = JSON.parse(audit).entries;
  const changes = entries.filter(({ actor, result }) => actor === "token:checker/check" && result === "ok").length;
  if (changes === 0) throw new Error("schemathesis was not let in: the audit has no change of its token");
  console.log(`changes that were made meanwhile, of the last ${entries.length} entries of the audit: ${changes}`);
}

async function apiToken(base: string): Promise<string> {
  const post = async (path: string, body: unknown, token?: string) => {
    const headers = {
      "content-type": "application/json",
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    };
    const response = await fetch(base + path, { method: "POST", headers, body: JSON.stringify(body) });
    const { code, msg, data } = await response.json();
    if (code !== 0) throw new Error(`${path}: ${msg}`);
    return data;
  };
  const { token } = await post("/api/v1/sessions", { name: "checker", password: PASSWORD, bearer: true });
  return (await post("/api/v1/tokens", { name: "check", role: "admin", expiresIn: "1h" }, token)).secret;
}

async function check(tool: string, dir: string, base: string, seconds: string): Promise<number> {
  const args = [
    "--config-file",
    `${dir}/schemathesis.toml`,
    "run",
    `${base}/openapi.json`,
    "--checks",
    CHECKS.join(","),
    "--exclude-path-regex",
    LEFT_OUT,
    "--phases",
    "examples,coverage,fuzzing",
    "--max-time",
    seconds,
    "--workers",
    "2",
    "--continue-on-failure",
    "--warnings",
    "off",
  ];
  const { code } = await new Deno.Command(tool, { args, cwd: dir, stdin: "null" }).spawn().status;
  return code === 0 ? 0 : 1;
}

/** Where the tool is, installed if need be; null, with the reason printed, where it cannot be. */
async function schemathesis(): Promise<string | null> {
  const cache = `${Deno.env.get("XDG_CACHE_HOME") ?? `${Deno.env.get("HOME")}/.cache`}/farhand-checks`;
  const venv = `${cache}/schemathesis-${VERSION}`;
  const tool = `${venv}/bin/schemathesis`;
  try {
    await Deno.stat(tool);
    return tool;
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  try {
    await run(["python3", "-m", "venv", venv]);
    await run([`${venv}/bin/pip`, "install", "--quiet", "--disable-pip-version-check", `schemathesis==${VERSION}`]);
    return tool;
  } catch (error) {
    console.log(
      `check_api: skipped: schemathesis cannot be installed: ${error instanceof Error ? error.message : error}`,
    );
    return null;
  }
}

async function run([program = "", ...args]: string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(program, { args, stdin: "null" }).output();
  if (!success) throw new Error(`${[program, ...args].join(" ")}: ${new TextDecoder().decode(stderr).trim()}`);
  return new TextDecoder().decode(stdout);
}

if (import.meta.main) await runScript("check_api", main);
