import assert from "node:assert/strict";
import { recordingLog } from "../../tests/helpers/recording_log.ts";
import { inTempDir } from "../../tests/helpers/temp_dir.ts";
import { systemClock } from "../core/mod.ts";
import { createLateStore } from "./late_store.ts";

const never = new AbortController().signal;

Deno.test("what is handed out before the database is open works once it is, and not after", () =>
  inTempDir(async (dataDir) => {
    const opened: string[] = [];
    const onOpen = async () => void opened.push(await store.facts.setOnce("manager_id", "m1"));
    const { store, component } = createLateStore({ dataDir, clock: systemClock, log: recordingLog().log, onOpen });
    const { facts } = store;
    assert.throws(() => facts.get("manager_id"), { code: "unavailable" });
    await component.start(never);
    assert.deepEqual([opened, await facts.get("manager_id")], [["m1"], "m1"]);
    assert.ok(store.report().writes > 0);
    await component.stop(never);
    await component.stop(never);
    assert.throws(() => facts.get("manager_id"), { code: "unavailable" });
  }));
