import assert from "node:assert/strict";
import { join } from "node:path";
import { inTempDir } from "../../../tests/helpers/temp_dir.ts";
import { AppError } from "../../core/mod.ts";
import { processIdentity, writePidFile } from "../../platform/mod.ts";
import { diagnose } from "./checks.ts";
import { type DoctorInput, type Finding, FINDING_STATES } from "./finding.ts";

/** The findings for an agent whose files are all in `dir`, by name. */
async function findings(dir: string, changes: Partial<DoctorInput> = {}): Promise<Map<string, Finding>> {
  const paths = {
    workDir: dir,
    pidFile: join(dir, "agent.pid"),
    logFile: join(dir, "log", "agent.log"),
    socket: join(dir, "agent.sock"),
    listen: "",
  };
  const { signal } = new AbortController();
  const input = { configFile: null, configError: null, signal, ...changes, paths: { ...paths, ...changes.paths } };
  const found = await diagnose(input);
  for (const finding of found) assertComplete(finding);
  const byName = new Map(found.map((finding) => [finding.name, finding]));
  assert.equal(byName.size, found.length, "two findings have one name");
  return byName;
}

/** The rule: whatever is not well says what to do about it. */
function assertComplete({ name, state, detail, fix }: Finding): void {
  assert.ok(FINDING_STATES.includes(state), `${name}: ${state}`);
  assert.notEqual(detail, "", name);
  const complaint = state === "warning" || state === "failed";
  assert.equal(fix !== undefined && fix !== "", complaint, `${name} is ${state}, and its fix is ${fix}`);
}

Deno.test("a fresh directory has nothing that fails, and every matter is looked at", () =>
  inTempDir(async (dir) => {
    const found = await findings(dir);
    assert.deepEqual([...found.keys()], [
      "config",
      "work dir",
      "log dir",
      "pid dir",
      "socket dir",
      "agent",
      "control port",
      "disk space",
      "clock",
      "open files",
      "user",
      "limits",
      "start tools",
      "terminal",
      "address",
      "memory trim",
      "runtime",
    ]);
    assert.deepEqual([...found.values()].filter(({ state }) => state === "failed"), []);
    assert.match(found.get("agent")?.detail ?? "", /not running/);
  }));

Deno.test("nothing is left behind, and nothing is made", () =>
  inTempDir(async (dir) => {
    const workDir = join(dir, "var", "lib");
    const found = await findings(dir, { paths: { ...pathsIn(workDir), listen: "" } });
    assert.deepEqual(found.get("work dir"), {
      name: "work dir",
      state: "ok",
      detail: `${workDir}, to be made in ${dir}`,
    });
    assert.deepEqual([...Deno.readDirSync(dir)], []);
  }));

function pathsIn(dir: string) {
  const [pidFile, logFile, socket] = ["agent.pid", "agent.log", "agent.sock"].map((name) => join(dir, name));
  return { workDir: dir, pidFile: pidFile ?? "", logFile: logFile ?? "", socket: socket ?? "", listen: "" };
}

Deno.test("a place that cannot be written is named with the key that moves it", () =>
  inTempDir(async (dir) => {
    await Deno.writeTextFile(join(dir, "file"), "");
    const found = await findings(dir, { paths: pathsIn(join(dir, "file", "below")) });
    for (
      const [name, key] of [
        ["work dir", "agent.work_dir"],
        ["log dir", "agent.log.file"],
        ["pid dir", "agent.pid_file"],
        ["socket dir", "agent.control.socket"],
      ] as const
    ) {
      assert.equal(found.get(name)?.state, "failed", name);
      assert.ok(found.get(name)?.fix?.includes(key), name);
    }
  }));

Deno.test("a bad config fails with the config's own message", () =>
  inTempDir(async (dir) => {
    const configError = new AppError("invalid_config", "Cannot read config a.yaml: line 7: no");
    assert.deepEqual((await findings(dir, { configFile: "a.yaml", configError })).get("config"), {
      name: "config",
      state: "failed",
      detail: "Cannot read config a.yaml: line 7: no",
      fix: 'Mend it; "agent config check" reads it again',
    });
    assert.equal((await findings(dir, { configFile: "a.yaml" })).get("config")?.detail, "a.yaml");
  }));

Deno.test("each state of the pid file is told apart", () =>
  inTempDir(async (dir) => {
    const pidFile = join(dir, "agent.pid");
    const identity = processIdentity(Deno.pid);
    assert.ok(identity);
    const agent = async () => {
      const finding = (await findings(dir)).get("agent");
      return `${finding?.state}: ${finding?.detail}`;
    };
    await writePidFile(pidFile, identity);
    assert.equal(await agent(), `ok: running, pid ${Deno.pid}`);
    await writePidFile(pidFile, { ...identity, startTime: "1" });
    assert.match(await agent(), /^warning: .* left over/);
    await Deno.writeTextFile(pidFile, `${Deno.pid}\n`);
    assert.match(await agent(), /^warning: .* another program/);
    await Deno.writeTextFile(pidFile, "precious");
    assert.match(await agent(), /^failed: .* not a pid file/);
  }));

Deno.test("a port is free, taken, or the running agent's own", () =>
  inTempDir(async (dir) => {
    const taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const listen = `127.0.0.1:${taken.addr.port}`;
    const port = async () => {
      const finding = (await findings(dir, { paths: { ...pathsIn(dir), listen } })).get("control port");
      return `${finding?.state}: ${finding?.detail}`;
    };
    try {
      assert.match(await port(), new RegExp(`^failed: ${listen}: `));
      const identity = processIdentity(Deno.pid);
      assert.ok(identity);
      await writePidFile(join(dir, "agent.pid"), identity);
      assert.equal(await port(), `ok: ${listen}, of the running agent`);
      await Deno.remove(join(dir, "agent.pid"));
    } finally {
      taken.close();
    }
    assert.equal(await port(), `ok: ${listen} is free`);
  }));

Deno.test("an interrupted doctor stops looking", () =>
  inTempDir(async (dir) => {
    const reason = new AppError("cancelled", "Interrupted");
    await assert.rejects(findings(dir, { signal: AbortSignal.abort(reason) }), reason);
  }));
