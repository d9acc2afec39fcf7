import assert from "node:assert/strict";
import { IS_LINUX, IS_ROOT } from "../../../tests/helpers/host.ts";
import { type FilesWorld, withFiles } from "../../../tests/helpers/files_world.ts";
import { openApiProblems } from "../../../tests/helpers/openapi.ts";
import { fileDigest, fileList, fileRoots, fileStat } from "../../protocol/mod.ts";

const posix = { ignore: Deno.build.os === "windows" };
const asked = (path: string, query = {}) => new URLSearchParams({ path, ...query });

async function list(world: FilesWorld, path: string, query = {}) {
  return fileList().parse(await world.api.call(`/v1/files?${asked(path, query)}`));
}

async function stat(world: FilesWorld, path: string) {
  return fileStat().parse(await world.api.call(`/v1/files/stat?${asked(path)}`));
}

Deno.test({
  ...posix,
  name: "a folder is listed by name, with what each is, whose, and where links lead",
  fn: () =>
    withFiles(async (world) => {
      await world.text("b.txt", "text");
      await Deno.chmod(world.at("b.txt"), 0o4751);
      await Deno.mkdir(world.at("a"), { mode: 0o700 });
      await Deno.symlink("b.txt", world.at("link"));
      await Deno.symlink("a", world.at("link to a"));
      await Deno.symlink("/etc/passwd", world.at("out"));
      await Deno.symlink("nothing", world.at("dead"));
      const { entries, isWritable, path, next } = await list(world, world.root);
      assert.deepEqual([isWritable, path, next], [true, world.root, undefined]);
      assert.deepEqual(entries.map(({ name, kind, target, targetKind }) => [name, kind, target, targetKind]), [
        ["a", "directory", undefined, undefined],
        ["agent", "directory", undefined, undefined],
        ["b.txt", "file", undefined, undefined],
        ["dead", "link", "nothing", undefined],
        ["link", "link", "b.txt", "file"],
        ["link to a", "link", "a", "directory"],
        ["out", "link", "/etc/passwd", undefined],
      ]);
      const [folder, , file] = entries;
      assert.deepEqual([folder?.mode, file?.mode, file?.sizeBytes], ["0700", "4751", 4]);
      if (IS_ROOT) assert.deepEqual([file?.user], ["root"]);
      const { mtime } = await Deno.stat(world.at("b.txt"));
      assert.equal(file?.modifiedMs, mtime?.getTime());
      const link = await stat(world, world.at("link"));
      assert.deepEqual([link.kind, link.targetKind, link.path], ["link", "file", world.at("link")]);
      assert.equal((await stat(world, world.root)).kind, "directory");
      const followed = fileStat().parse(
        await world.api.call(`/v1/files/stat?${asked(world.at("link"), { follow: "true" })}`),
      );
      const content = await world.request(`/v1/files/content?${asked(world.at("b.txt"))}`, { method: "HEAD" });
      assert.deepEqual([followed.kind, followed.sizeBytes, followed.etag], ["file", 4, content.headers.get("etag")]);
      await assert.rejects(stat(world, world.at("none")), { code: "not_found" });
    }),
});

Deno.test({
  ...posix,
  name: "a folder of any size comes in pages",
  fn: () =>
    withFiles(async (world) => {
      await Deno.mkdir(world.at("many"));
      const names = Array.from({ length: 1_100 }, (_, at) => `file ${String(at).padStart(5, "0")}`);
      for (const name of names) Deno.writeFileSync(world.at("many", name), new Uint8Array(0));
      const found: string[] = [];
      let after: string | undefined;
      do {
        const page = await list(world, world.at("many"), after === undefined ? {} : { after });
        assert.ok(page.entries.length <= 1_000);
        found.push(...page.entries.map(({ name }) => name));
        after = page.next;
      } while (after !== undefined);
      assert.deepEqual(found, names);
      const two = await list(world, world.at("many"), { limit: 2 });
      assert.equal(two.entries.length, 2);
      for (const bad of [{ limit: 0 }, { limit: 1_001 }, { after: "x" }, { after: "[1]" }]) {
        await assert.rejects(list(world, world.at("many"), bad), { code: "invalid_input" });
      }
    }),
});

Deno.test({
  ignore: !IS_LINUX,
  name: "names that are hostile or no text at all are shown, and do no harm to the others",
  fn: () =>
    withFiles(async (world) => {
      await Deno.mkdir(world.at("odd"));
      const names = [
        "new\nline",
        "\u202egpj.exe",
        "\x1b[31mred",
        "x".repeat(255),
        "é".repeat(127),
        "<b>",
        '"',
        "%2e%2e",
      ];
      for (const name of names) await Deno.writeTextFile(world.at("odd", name), name);
      const printf = `printf x > "$(printf 'bad\\377name')"; ln -s x "$(printf 'bad\\376link')"`;
      await new Deno.Command("/bin/sh", { args: ["-c", printf], cwd: world.at("odd") }).output();
      const { entries } = await list(world, world.at("odd"));
      assert.deepEqual(
        entries.map(({ name }) => name).toSorted(),
        [...names, "bad\ufffdlink", "bad\ufffdname"].toSorted(),
      );
      assert.deepEqual(
        entries.filter(({ hasOddName }) => hasOddName).map(({ name, kind }) => [name, kind]).toSorted(),
        [["bad\ufffdlink", "link"], ["bad\ufffdname", "file"]],
      );
      // A page that ends at such a name goes on behind it.
      const seen: string[] = [];
      for (let next: string | undefined = JSON.stringify(""); next !== undefined;) {
        const page: Awaited<ReturnType<typeof list>> = await list(world, world.at("odd"), { limit: 1, after: next });
        seen.push(...page.entries.map(({ name }) => name));
        next = page.next;
      }
      assert.equal(seen.length, names.length + 2);
      for (const name of names) {
        assert.equal((await stat(world, world.at("odd", name))).kind, "file");
        const response = await world.request(`/v1/files/content?${asked(world.at("odd", name))}`);
        assert.equal(await response.text(), name);
        assert.match(response.headers.get("content-disposition") ?? "", /^attachment; filename\*=UTF-8''[\w%.!~-]+$/);
      }
    }),
});

Deno.test({
  ...posix,
  name: "a file is sent whole or in part, with what its reader needs to go on",
  fn: () =>
    withFiles(async (world) => {
      const bytes = crypto.getRandomValues(new Uint8Array(60_000));
      const all = new Uint8Array(600_000).map((_, at) => bytes[at % bytes.length] ?? 0);
      const path = await world.text("data.bin", all);
      const get = (range?: string, method = "GET") =>
        world.request(`/v1/files/content?${asked(path)}`, { method, headers: range === undefined ? {} : { range } });
      const whole = await get();
      assert.deepEqual([whole.status, whole.headers.get("content-length")], [200, "600000"]);
      assert.deepEqual(await whole.bytes(), all);
      const part = await get("bytes=300000-");
      assert.equal(part.status, 206);
      assert.equal(part.headers.get("content-range"), "bytes 300000-599999/600000");
      assert.deepEqual(await part.bytes(), all.subarray(300_000));
      assert.equal(part.headers.get("etag"), whole.headers.get("etag"));
      const none = await get("bytes=600000-");
      assert.deepEqual([none.status, none.headers.get("content-range")], [416, "bytes */600000"]);
      const head = await get(undefined, "HEAD");
      assert.deepEqual([head.status, head.headers.get("content-length"), await head.text()], [200, "600000", ""]);
      await Deno.writeTextFile(path, "more", { append: true });
      assert.notEqual((await get()).headers.get("etag"), whole.headers.get("etag"));
      await world.text("empty", "");
      const empty = await world.request(`/v1/files/content?${asked(world.at("empty"))}`);
      assert.deepEqual([empty.status, await empty.text()], [200, ""]);
    }),
});

Deno.test({
  ...posix,
  name: "what is added while a file is sent is not sent, and a file that becomes shorter is an error",
  fn: () =>
    withFiles(async (world) => {
      const path = await world.text("log", new Uint8Array(3_000_000).fill(97));
      const get = () => world.request(`/v1/files/content?${asked(path)}`);
      const growing = await get();
      await Deno.writeTextFile(path, "more", { append: true });
      assert.equal((await growing.bytes()).length, 3_000_000);
      const shrinking = await get();
      const reader = shrinking.body?.getReader();
      await reader?.read();
      await Deno.truncate(path, 1_000_000);
      await assert.rejects(async () => {
        while (!(await reader?.read())?.done);
      }, { code: "conflict", message: /became shorter while it was read: it ends after/ });
    }),
});

Deno.test({
  ...posix,
  name: "a digest is that of the whole file, or of its beginning",
  fn: () =>
    withFiles(async (world) => {
      const path = await world.text("data", "x".repeat(700_000));
      const digest = async (query = {}) =>
        fileDigest().parse(await world.api.call(`/v1/files/digest?${asked(path, query)}`));
      const hex = async (text: string) =>
        new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text))).toHex();
      const { sha256, sizeBytes, etag } = await digest();
      assert.deepEqual([sha256, sizeBytes], [await hex("x".repeat(700_000)), 700_000]);
      const response = await world.request(`/v1/files/content?${asked(path)}`, { method: "HEAD" });
      assert.equal(etag, response.headers.get("etag"));
      assert.equal((await digest({ bytes: 10 })).sha256, await hex("x".repeat(10)));
      assert.equal((await digest({ bytes: 0 })).sizeBytes, 0);
      await assert.rejects(digest({ bytes: 700_001 }), { code: "conflict" });
    }),
});

Deno.test({
  ...posix,
  name: "nobody reaches what is outside of the roots, or the agent's own, by whatever path",
  fn: () =>
    withFiles(async (world) => {
      await Deno.writeTextFile(world.at("agent", "identity.key"), "secret");
      await Deno.writeTextFile(world.at("agent.yaml"), "policy: { files: write }");
      await Deno.symlink("agent", world.at("link"));
      await Deno.symlink("agent/identity.key", world.at("key"));
      await Deno.link(world.at("agent", "identity.key"), world.at("second name"));
      const own = ["agent/identity.key", "link/identity.key", "key", "second name", "agent.yaml", "agent/none"];
      for (const path of own) {
        for (const route of ["content", "tail", "digest"]) {
          const response = await world.request(`/v1/files/${route}?${asked(world.at(path))}`);
          assert.deepEqual([response.status, (await response.json()).code], [403, 10_004], `${route} ${path}`);
        }
      }
      for (const path of ["agent", "link"]) await assert.rejects(list(world, world.at(path)), { code: "forbidden" });
      await assert.rejects(list(world, "/etc"), { code: "forbidden", message: /none of the folders of files\.roots/ });
      for (const path of ["etc", "../etc", `${world.root}/../x`, "C:\\x", ""]) {
        await assert.rejects(list(world, path), { code: "invalid_input" }, path);
      }
    }),
});

Deno.test({
  ignore: !IS_LINUX,
  name: "without roots all of the host can be reached, but for what the kernel makes up and what are no files",
  fn: () =>
    withFiles(async (world) => {
      const roots = fileRoots().parse(await world.api.call("/v1/files/roots"));
      assert.deepEqual(roots, { policy: "write", roots: [{ path: "/", isWritable: true }] });
      const { entries } = await list(world, "/proc/self");
      assert.ok(entries.some(({ name }) => name === "status"));
      for (const path of ["/proc/self/status", "/proc/kcore", "/sys/kernel/mm/ksm/run", "/dev/null"]) {
        const response = await world.request(`/v1/files/content?${asked(path)}`);
        assert.deepEqual([response.status, (await response.json()).code], [501, 10_012], path);
      }
      const response = await world.request(`/v1/files/content?${asked("/etc/passwd")}`);
      assert.match(await response.text(), /^root:/);
    }, { roots: () => [] }),
});

Deno.test({
  ...posix,
  name: "there is a limit to how much is moved at once, and whoever leaves makes room",
  fn: () =>
    withFiles(async (world) => {
      const path = await world.text("large", new Uint8Array(2_000_000));
      const open = async () => {
        const response = await world.request(`/v1/files/content?${asked(path)}`);
        if (response.status !== 200) return (await response.json()).code;
        await response.body?.getReader().read();
        return response;
      };
      const bodies = await Promise.all(Array.from({ length: 12 }, open));
      assert.equal(await open(), 10_009);
      const gone = new AbortController();
      assert.equal((await world.request(`/v1/files/content?${asked(path)}`, { signal: gone.signal })).status, 429);
      await world.files.component([]).stop(gone.signal);
      for (const body of bodies) assert.ok(body instanceof Response);
      await assert.rejects(list(world, world.root), { code: "unavailable" });
    }),
});

Deno.test("the routes describe themselves by the rules of OpenAPI 3.1", () =>
  withFiles(async (world) => {
    assert.deepEqual(openApiProblems(await (await world.request("/openapi.json")).json()), []);
  }));
