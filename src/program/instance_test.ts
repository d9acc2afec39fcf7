import assert from "node:assert/strict";
import { join } from "node:path";
import { recordingLog } from "../../tests/helpers/recording_log.ts";
import { inTempDir } from "../../tests/helpers/temp_dir.ts";
import { createInstance } from "./instance.ts";
import { AGENT, MANAGER } from "./words.ts";

const never = new AbortController().signal;

const instanceIn = (dir: string, words: typeof MANAGER) =>
  createInstance({ words, dir, pidFile: join(dir, `${words.name}.pid`), log: recordingLog().log });

Deno.test("each program has its own lock, and says of the other one of its kind what to type", () =>
  inTempDir(async (dir) => {
    const [manager, second, agent] = [instanceIn(dir, MANAGER), instanceIn(dir, MANAGER), instanceIn(dir, AGENT)];
    await manager.start(never);
    await agent.start(never);
    await assert.rejects(second.start(never), {
      code: "already_running",
      message: `Another manager runs on ${dir}; stop it, or give this one its own --data-dir`,
    });
    await Promise.all([manager.stop(), second.stop(), agent.stop()]);
    await second.start(never);
    await second.stop();
  }));

Deno.test("a pid file that is not the manager's is left alone, and the message names the manager's own key", () =>
  inTempDir(async (dir) => {
    await Deno.writeTextFile(join(dir, "manager.pid"), "precious");
    const manager = instanceIn(dir, MANAGER);
    await assert.rejects(manager.start(never), {
      code: "conflict",
      message: /give this manager its own pid_file, or move that file away$/,
    });
    await manager.stop();
    assert.equal(await Deno.readTextFile(join(dir, "manager.pid")), "precious");
  }));
