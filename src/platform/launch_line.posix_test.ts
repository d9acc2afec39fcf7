import assert from "node:assert/strict";
import { join } from "node:path";
import fc from "fast-check";
import { AppError } from "../core/mod.ts";
import { type Circumstances, directoryLine, findTool, launchLine, RESOURCES } from "./launch_line.posix.ts";

const NOTHING: Circumstances = { cgroup: "", umask: null, ulimits: {}, nice: 0, ids: null };
const line = (wanted: Partial<Circumstances>) => launchLine({ ...NOTHING, ...wanted }, (tool) => `/usr/bin/${tool}`);

Deno.test("nothing asked for is nothing in between", () => {
  assert.deepEqual(line({}), []);
  assert.deepEqual(line({ ulimits: { nofile: "", core: "" } }), []);
});

Deno.test("rights are given up last, and the control group is joined first", () => {
  const ids = { uid: 1000, gid: 1001, groups: [1001, 27] };
  assert.deepEqual(line({ cgroup: "/c g", umask: 0o27, ulimits: { nofile: "9", core: "unlimited" }, nice: -5, ids }), [
    ...["/bin/sh", "-c", 'echo 0 >"$0" && umask 0027 && exec "$@"; exit 126', "/c g/cgroup.procs"],
    ...["/usr/bin/prlimit", "--nofile=9:9", "--core=unlimited:unlimited"],
    ...["/usr/bin/nice", "-n", "-5"],
    ...["/usr/bin/setpriv", "--reuid=1000", "--regid=1001", "--groups=1001,27", "--"],
  ]);
});

Deno.test("each of it alone", () => {
  assert.deepEqual(line({ umask: 0 }), ["/bin/sh", "-c", 'umask 0000 && exec "$@"; exit 126', "sh"]);
  assert.deepEqual(line({ nice: 1 }), ["/usr/bin/nice", "-n", "1"]);
  const ids = (uid: number | null, groups: number[] | null) => line({ ids: { uid, gid: 5, groups } }).slice(1);
  assert.deepEqual(ids(1, []), ["--reuid=1", "--regid=5", "--clear-groups", "--"]);
  assert.deepEqual(ids(null, null), ["--regid=5", "--keep-groups", "--"]);
});

Deno.test("a limit with another name or value never reaches the tool", () => {
  const names = Object.keys(RESOURCES);
  fc.assert(fc.property(fc.string(), fc.string({ minLength: 1 }), (name, value) => {
    if (names.includes(name) && /^(\d{1,19}|unlimited)$/.test(value)) return;
    assert.throws(() => line({ ulimits: { [name]: value } }), AppError);
  }));
  assert.throws(() => line({ ulimits: { nofile: "1\n" } }), AppError);
  assert.throws(() => line({ ulimits: { constructor: "1" } }), AppError);
});

Deno.test("a tool is taken from the system's own directories, and said to be missing by name", () => {
  assert.equal(findTool("nice", (path) => path === "/bin/nice"), "/bin/nice");
  assert.throws(
    () => findTool("setpriv", () => false),
    (error) =>
      error instanceof AppError && error.code === "unsupported" && /setpriv is in none.*util-linux/.test(error.message),
  );
});

Deno.test({
  name: "a shell changes the directory where nothing else can, whatever it is called",
  ignore: Deno.build.os === "windows",
  async fn() {
    const dir = `${await Deno.makeTempDir()}/- 'a "$b`;
    await Deno.mkdir(dir);
    const [shell = "", ...args] = [...directoryLine(dir), "/bin/pwd"];
    const { stdout } = await new Deno.Command(shell, { args }).output();
    assert.equal(new TextDecoder().decode(stdout), `${await Deno.realPath(dir)}\n`);
    await Deno.remove(join(dir, ".."), { recursive: true });
    assert.equal((await new Deno.Command(shell, { args }).output()).code, 126);
  },
});
