import assert from "node:assert/strict";
import { join } from "node:path";
import { complaint, fileOptions, loadFile } from "../../tests/helpers/config_loading.ts";
import { inPlainTempDir } from "../../tests/helpers/temp_dir.ts";

const ROOT = join(import.meta.dirname ?? "", "../..");

Deno.test("refused: a file that does not exist", () =>
  inPlainTempDir(async (dir) => {
    const expected = "Cannot read config {file}: no such file; create it, or name another with --config";
    assert.equal(await complaint(join(dir, "none.yaml")), expected);
    assert.equal(await complaint(join(dir, "no", "such", "dir.yaml")), expected);
  }));

Deno.test("refused: a directory", () =>
  inPlainTempDir(async (dir) => {
    assert.equal(await complaint(dir), "Cannot read config {file}: it is a directory; name a YAML file");
  }));

Deno.test("refused: a path through a file, and a path with a NUL", () =>
  inPlainTempDir(async (dir) => {
    await Deno.writeTextFile(join(dir, "file"), "");
    assert.match(await complaint(join(dir, "file", "agent.yaml")), /^Cannot read config \{file\}: /);
    await assert.rejects(loadFile("agent\0.yaml"), {
      code: "invalid_config",
      message: /^Cannot read config agent\\u\{0\}/,
    });
  }));

Deno.test({
  name: "refused without waiting: a pipe and a device",
  ignore: Deno.build.os === "windows",
  fn: () =>
    inPlainTempDir(async (dir) => {
      const pipe = join(dir, "pipe.yaml");
      assert((await new Deno.Command("mkfifo", { args: [pipe] }).output()).success);
      const expected = "Cannot read config {file}: it is a pipe, socket or device; name a YAML file";
      assert.equal(await complaint(pipe), expected);
      assert.equal(await complaint("/dev/zero"), expected);
    }),
});

Deno.test("refused by its size, without being read: a sparse file of 100 MB", () =>
  inPlainTempDir(async (dir) => {
    const file = join(dir, "large.yaml");
    await Deno.writeTextFile(file, "");
    await Deno.truncate(file, 100_000_000);
    assert.equal(
      await complaint(file),
      "Cannot read config {file}: it has 100000000 bytes; a config file has at most 1048576 bytes (1 MiB); " +
        "check that it is the right file",
    );
  }));

Deno.test({
  name: "refused: a file that claims to be empty but has no end",
  ignore: Deno.build.os !== "linux",
  // Everything in /proc has size 0, and the list of kernel symbols is longer than 1 MiB.
  fn: async () => {
    assert.match(await complaint("/proc/kallsyms"), /it has more than 1048576 bytes/);
  },
});

Deno.test({
  name: "refused: links to nothing and to themselves",
  ignore: Deno.build.os === "windows",
  fn: () =>
    inPlainTempDir(async (dir) => {
      const link = join(dir, "link.yaml");
      await Deno.symlink("gone.yaml", link);
      assert.equal(
        await complaint(link),
        "Cannot read config {file}: it is a symbolic link to gone.yaml, which does not exist; mend the link",
      );
      const loop = join(dir, "loop.yaml");
      await Deno.symlink("loop.yaml", loop);
      assert.match(await complaint(loop), /^Cannot read config \{file\}: .*; name a YAML file$/);
    }),
});

Deno.test({
  name: "refused: a file that this user may not read",
  ignore: Deno.build.os === "windows",
  fn: () =>
    inPlainTempDir(async (dir) => {
      const file = join(dir, "secret.yaml");
      await Deno.writeTextFile(file, "agent:\n");
      await Deno.chmod(file, 0);
      const expected =
        "Cannot read config {file}: permission denied; make it readable for the user that runs the agent";
      const message = Deno.uid() === 0 ? await complaintAsNobody(dir, file) : await complaint(file);
      assert.equal(message, expected);
    }),
});

/** Root may read everything, so the question is asked by a child that is not root and sees nothing of root's. */
async function complaintAsNobody(dir: string, file: string): Promise<string> {
  const deno = join(dir, "deno");
  await Deno.link(Deno.execPath(), deno).catch(() => Deno.copyFile(Deno.execPath(), deno));
  await bundle(join(ROOT, "src/config/load.ts"), join(dir, "load.js"));
  const options = JSON.stringify(fileOptions(file));
  const script = `import { loadConfig } from "./load.js";
    await loadConfig(${options}).catch((error) => console.log(error.code + " " + error.message));`;
  await Deno.writeTextFile(join(dir, "main.js"), script);
  await Deno.chmod(dir, 0o755);
  const args = ["run", "--no-config", "--no-lock", "-A", join(dir, "main.js")];
  const nobody = { uid: 65534, gid: 65534, cwd: "/", clearEnv: true };
  const child = await new Deno.Command(deno, { args, ...nobody, env: { DENO_DIR: join(dir, "none") } }).output();
  const text = new TextDecoder().decode(child.stdout).trim();
  assert.match(text, /^invalid_config /, new TextDecoder().decode(child.stderr));
  return text.slice("invalid_config ".length).replaceAll(file, "{file}");
}

async function bundle(source: string, outfile: string): Promise<void> {
  const { imports } = JSON.parse(await Deno.readTextFile(join(ROOT, "deno.json")));
  const require = "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";
  const options = ["--bundle", "--format=esm", "--platform=node", `--banner:js=${require}`, `--outfile=${outfile}`];
  const command = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", imports.esbuild, source, ...options],
    cwd: ROOT,
  });
  const made = await command.output();
  assert(made.success, new TextDecoder().decode(made.stderr));
}

Deno.test({
  name: "a file that every user can change is read, with a warning",
  ignore: Deno.build.os === "windows",
  fn: () =>
    inPlainTempDir(async (dir) => {
      const file = join(dir, "agent.yaml");
      await Deno.writeTextFile(file, "agent: {}\n");
      await Deno.chmod(file, 0o664);
      assert.deepEqual((await loadFile(file)).warnings, []);
      await Deno.chmod(file, 0o666);
      const [warning, ...others] = (await loadFile(file)).warnings;
      assert.match(warning ?? "", /^every user of this host can change .*agent\.yaml.*; run "chmod o-w /);
      assert.deepEqual(others, []);
    }),
});
