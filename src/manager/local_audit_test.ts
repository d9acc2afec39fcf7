import assert from "node:assert/strict";
import { AppError } from "../core/mod.ts";
import { auditedPorts } from "./local_audit.ts";
import type { LocalPorts } from "./local_routes.ts";

const REPORT = { file: null, applied: ["log.level"], needsRestart: [], warnings: [] };
const never = new AbortController().signal;

function subject(more: Partial<LocalPorts>, record?: () => Promise<void>) {
  const noted: string[] = [];
  const ports: LocalPorts = {
    reload: () => Promise.resolve(REPORT),
    stop: () => Promise.resolve().then(() => void noted.push("stopped")).then(() => ({ components: [] })),
    setupLink: () => Promise.resolve("https://m/setup#secret"),
    logLevel: () => ({ level: "info" }),
    setLogLevel: () => Promise.resolve(),
    ...more,
  };
  const audit = {
    record: record ?? ((entry: { action: string; result: string; details: unknown }) => {
      noted.push(`${entry.action} ${entry.result} ${JSON.stringify(entry.details)}`);
      return Promise.resolve();
    }),
  };
  return { ports: auditedPorts(ports, audit), noted };
}

Deno.test("what is done to the manager on its own machine is noted, a stop before it happens, secrets never", async () => {
  const { ports, noted } = subject({});
  await ports.reload();
  await ports.setLogLevel("debug");
  await ports.setupLink();
  await ports.stop({}, never);
  assert.deepEqual(noted, [
    'manager.reload ok {"applied":["log.level"],"needsRestart":[]}',
    'manager.log_level ok {"level":"debug"}',
    "setup.link ok {}",
    "manager.stop ok {}",
    "stopped",
  ]);
});

Deno.test("a failed reload is noted as that and told; looking, and a link that there is not, are no changes", async () => {
  const { ports, noted } = subject({
    reload: () => Promise.reject(new AppError("invalid_config", "line 7")),
    setupLink: () => Promise.resolve(null),
  });
  await assert.rejects(ports.reload(), { code: "invalid_config" });
  ports.logLevel();
  await ports.setupLink();
  assert.deepEqual(noted, ["manager.reload failed {}"]);
});

Deno.test("a manager whose audit cannot be written can be stopped", async () => {
  const { ports, noted } = subject({}, () => Promise.reject(new AppError("unavailable", "disk full")));
  assert.deepEqual(await ports.stop({}, never), { components: [] });
  assert.deepEqual(noted, ["stopped"]);
});
