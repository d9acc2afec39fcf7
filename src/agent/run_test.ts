import assert from "node:assert/strict";
import { join } from "node:path";
import { configIn } from "../../tests/helpers/loaded_config.ts";
import { inTempDir } from "../../tests/helpers/temp_dir.ts";
import { untilReady } from "../../tests/helpers/until_ready.ts";
import { localClient } from "../http/mod.ts";
import { acquireLock } from "../platform/mod.ts";
import { runAgent } from "./run.ts";

const run = (dir: string, ...sets: string[]) =>
  runAgent({ load: () => configIn(dir, ...sets), print: "nothing", colour: false });

async function logged(dir: string): Promise<Record<string, unknown>[]> {
  const text = await Deno.readTextFile(join(dir, "agent.log"));
  return text.trim().split("\n").map((line) => JSON.parse(line));
}

const ready = (dir: string, running: Promise<number>) => untilReady(join(dir, "agent.sock"), running);
const stop = (dir: string) => localClient(join(dir, "agent.sock")).call("/v1/stop", { method: "POST", body: {} });
const log = (dir: string) => `agent.log.file=${join(dir, "agent.log")}`;

Deno.test("an agent runs until it is told to stop, and its log tells the story", () =>
  inTempDir(async (dir) => {
    const running = run(dir, log(dir));
    await ready(dir, running);
    await stop(dir);
    assert.equal(await running, 0);
    const messages = (await logged(dir)).map(({ msg }) => msg);
    assert.equal(messages[0], "agent starting");
    for (const message of ["agent ready", "agent stopping", "agent stopped"]) assert.ok(messages.includes(message));
  }));

Deno.test("an agent that cannot start throws the reason, logs it, and has let go of everything", () =>
  inTempDir(async (dir) => {
    const lock = acquireLock(join(dir, "agent.lock"));
    await assert.rejects(run(dir, log(dir)), { code: "already_running" });
    const last = (await logged(dir)).at(-1);
    assert.deepEqual([last?.level, last?.msg], ["error", "agent failed"]);
    lock?.release();
    const running = run(dir, log(dir));
    await ready(dir, running);
    await stop(dir);
    assert.equal(await running, 0);
  }));

Deno.test("an error that nothing caught is logged, and the agent lives on", () =>
  inTempDir(async (dir) => {
    const running = run(dir, log(dir));
    await ready(dir, running);
    const stray = new Error("forgotten by a part");
    const seen = new Promise((resolve) => addEventListener("unhandledrejection", resolve, { once: true }));
    void Promise.reject(stray);
    await seen;
    await ready(dir, running);
    await stop(dir);
    assert.equal(await running, 0);
    const records = await logged(dir);
    assert.ok(
      records.some(({ msg, error }) => msg === "unexpected error" && JSON.stringify(error).includes("forgotten")),
    );
  }));

Deno.test("a log that cannot be written is told at once, with what to do", () =>
  inTempDir(async (dir) => {
    await Deno.writeTextFile(join(dir, "file"), "");
    const message = /^Cannot write the log .*file[\\/]agent\.log: .*set agent\.log\.file elsewhere$/;
    await assert.rejects(run(dir, `agent.log.file=${join(dir, "file", "agent.log")}`), { name: "AppError", message });
  }));

Deno.test("a bad config is thrown before anything is touched", () =>
  inTempDir(async (dir) => {
    await assert.rejects(run(dir, "agent.log.level=loud"), { code: "invalid_config" });
    assert.deepEqual([...Deno.readDirSync(dir)], []);
  }));
