import { join } from "node:path";
import { systemClock } from "../../src/core/mod.ts";
import type { Component } from "../../src/lifecycle/mod.ts";
import { createLogger } from "../../src/log/mod.ts";
import { Certificates } from "../../src/manager/certificates/mod.ts";
import { createLateStore } from "../../src/manager/late_store.ts";
import { Listener } from "../../src/manager/listener.ts";
import { Terminals } from "../../src/manager/terminals/mod.ts";
import { acquireLock, ownConnections } from "../../src/platform/mod.ts";
import { createInstance, MANAGER } from "../../src/program/mod.ts";
import { memoryStore } from "../helpers/memory_store.ts";
import { componentContract, type MakeSubject } from "./component_suite.ts";

const log = createLogger({ level: "error", sinks: [], clock: systemClock });

// The system's libraries are opened once and stay open, which the sanitizers would call a leak of the first test.
const early = Deno.makeTempFileSync();
acquireLock(early)?.release();
Deno.removeSync(early);
ownConnections()?.openFiles();
ownConnections()?.mostFiles();

/** A component whose files are in a directory of its own. */
function inDirectory(make: (dir: string) => Component): MakeSubject {
  return async () => {
    const dir = await Deno.makeTempDir();
    return { component: make(dir), dispose: () => Deno.remove(dir, { recursive: true }) };
  };
}

function certificates(dir: string, files: readonly [cert: string, key: string] | null): Component {
  const given = files === null ? null : { certFile: join(dir, files[0]), keyFile: join(dir, files[1]) };
  const names = () => Promise.resolve({ needed: ["localhost"], besides: [] });
  const options = { given, dir: join(dir, "tls"), names, clock: systemClock, log };
  return new Certificates({ ...options, onChange: () => Promise.resolve(), onTrouble() {} }).component([]);
}

componentContract("certificates", inDirectory((dir) => certificates(dir, null)), {
  failing: inDirectory((dir) => certificates(dir, ["none.pem", "none.key"])),
});

componentContract(
  "manager's instance",
  inDirectory((dir) => createInstance({ words: MANAGER, dir, pidFile: join(dir, "manager.pid"), log })),
);

const lateStore = (dataDir: string) =>
  createLateStore({ dataDir, clock: systemClock, log, onOpen: () => Promise.resolve() }).component;

componentContract("store", inDirectory(lateStore), { failing: inDirectory((dir) => lateStore(join(dir, "none"))) });

const listener = (port: number) =>
  new Listener({
    listen: { secure: false, host: "127.0.0.1", port },
    identity: () => null,
    fetch: () => new Response("here"),
    log,
  }).component([]);

componentContract("listener", () => Promise.resolve({ component: listener(0) }), {
  failing() {
    const taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    return Promise.resolve({ component: listener(taken.addr.port), dispose: () => taken.close() });
  },
});

componentContract(
  "terminals of the manager",
  inDirectory((dir) =>
    new Terminals({
      ports: { hub: { duplex: () => Promise.reject(new Error("nobody asks")) }, recordings: memoryStore().recordings },
      ...{ dir: join(dir, "recordings"), clock: systemClock, log },
      settings: () => ({ recording: true, keepMs: 1e9, maxTotalBytes: 1e9, maxBytes: 1e9 }),
    }).component([])
  ),
);
