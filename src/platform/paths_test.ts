import assert from "node:assert/strict";
import { AppError } from "../core/mod.ts";
import { type Account, defaultPaths, pathsUnder } from "./paths.ts";

const account = (os: Account["os"], privileged: boolean, env: Account["env"] = {}): Account => ({
  os,
  privileged,
  env,
});

Deno.test("root on Linux gets the system's places", () => {
  assert.deepEqual(defaultPaths(account("linux", true)), {
    configFile: "/etc/farhand/agent.yaml",
    workDir: "/var/lib/farhand",
    lockFile: "/var/lib/farhand/agent.lock",
    pidFile: "/run/farhand/agent.pid",
    logFile: "/var/log/farhand/agent.log",
    socket: "/run/farhand/agent.sock",
    maxSocketPathBytes: 107,
  });
});

Deno.test("a plain Linux user gets XDG places, with the run-time files in the state directory", () => {
  const paths = defaultPaths(account("linux", false, { HOME: "/home/ann", XDG_RUNTIME_DIR: "/run/user/1000" }));
  assert.deepEqual(paths, {
    configFile: "/home/ann/.config/farhand/agent.yaml",
    workDir: "/home/ann/.local/state/farhand",
    lockFile: "/home/ann/.local/state/farhand/agent.lock",
    pidFile: "/home/ann/.local/state/farhand/agent.pid",
    logFile: "/home/ann/.local/state/farhand/agent.log",
    socket: "/home/ann/.local/state/farhand/agent.sock",
    maxSocketPathBytes: 107,
  });
});

Deno.test("XDG variables are followed without HOME, and ignored when relative", () => {
  const env = { XDG_CONFIG_HOME: "/c", XDG_STATE_HOME: "/s" };
  assert.equal(defaultPaths(account("linux", false, env)).configFile, "/c/farhand/agent.yaml");
  assert.equal(defaultPaths(account("linux", false, env)).pidFile, "/s/farhand/agent.pid");
  const relative = defaultPaths(account("linux", false, { HOME: "/h", XDG_CONFIG_HOME: "c", XDG_STATE_HOME: "" }));
  assert.equal(relative.configFile, "/h/.config/farhand/agent.yaml");
  assert.equal(relative.workDir, "/h/.local/state/farhand");
});

Deno.test("macOS keeps everything in Application Support, of the system or of the user", () => {
  const system = defaultPaths(account("darwin", true));
  assert.equal(system.configFile, "/Library/Application Support/farhand/agent.yaml");
  assert.equal(system.socket, "/Library/Application Support/farhand/state/agent.sock");
  assert.equal(system.maxSocketPathBytes, 103);
  const user = defaultPaths(account("darwin", false, { HOME: "/Users/ann" }));
  assert.equal(user.configFile, "/Users/ann/Library/Application Support/farhand/agent.yaml");
  assert.equal(user.logFile, "/Users/ann/Library/Application Support/farhand/state/agent.log");
});

Deno.test("Windows uses ProgramData or the user's local data, whatever the case of the variable", () => {
  const env = { PROGRAMDATA: "C:\\ProgramData", LocalAppData: "C:\\Users\\ann\\AppData\\Local" };
  assert.equal(defaultPaths(account("windows", true, env)).configFile, "C:\\ProgramData\\farhand\\agent.yaml");
  const user = defaultPaths(account("windows", false, env));
  assert.equal(user.workDir, "C:\\Users\\ann\\AppData\\Local\\farhand\\state");
  assert.equal(user.logFile, "C:\\Users\\ann\\AppData\\Local\\farhand\\state\\agent.log");
  assert.equal(user.maxSocketPathBytes, Infinity);
});

Deno.test("a missing or relative home is an error that names the variable", () => {
  const cases: [Account, RegExp][] = [
    [account("linux", false), /HOME is not set; set it/],
    [account("linux", false, { HOME: "" }), /HOME is not set/],
    [account("linux", false, { HOME: "ann" }), /HOME is not an absolute path: 'ann'/],
    [account("darwin", false), /HOME is not set/],
    [account("windows", false), /LOCALAPPDATA is not set/],
    [account("windows", true), /ProgramData is not set/],
  ];
  for (const [given, message] of cases) {
    assert.throws(() => defaultPaths(given), (error) => error instanceof AppError && message.test(error.message));
  }
});

Deno.test("all run-time files of a chosen work directory are inside it", () => {
  for (const os of ["linux", "darwin", "windows"] as const) {
    const { workDir, ...files } = pathsUnder("/srv/one", os);
    assert.equal(workDir, "/srv/one");
    for (const file of Object.values(files)) assert.match(file.replaceAll("\\", "/"), /^\/srv\/one\//);
    assert.equal(new Set(Object.values(files)).size, 4);
  }
});

Deno.test("with a work directory of its own an agent needs no home", () => {
  const paths = defaultPaths(account("linux", false), "/srv/a");
  assert.equal(paths.socket, "/srv/a/agent.sock");
  assert.equal(paths.configFile, null);
});

Deno.test("a manager beside an agent shares no file with it", () => {
  const env = { HOME: "/home/ann", ProgramData: "C:\\ProgramData", LOCALAPPDATA: "C:\\ann" };
  for (const os of ["linux", "darwin", "windows"] as const) {
    for (const privileged of [true, false]) {
      const agent = defaultPaths(account(os, privileged, env));
      const manager = defaultPaths({ ...account(os, privileged, env), program: "manager" });
      const names = (paths: typeof agent) => Object.values(paths).filter((path) => typeof path === "string");
      assert.deepEqual(names(agent).filter((path) => names(manager).includes(path)), []);
      assert.ok(!manager.workDir.startsWith(`${agent.workDir}/`));
    }
  }
  const root = defaultPaths({ ...account("linux", true), program: "manager" });
  assert.deepEqual([root.workDir, root.configFile], ["/var/lib/farhand-manager", "/etc/farhand/manager.yaml"]);
  assert.equal(root.socket, "/run/farhand/manager.sock");
});
