import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { IS_LINUX, until } from "../helpers/host.ts";
import { type Managed, managed } from "../helpers/managed.ts";
import type { World } from "../helpers/agent.ts";

const NOW = Date.now();
const at = (secondsAgo: number) => new Date(NOW - secondsAgo * 1_000).toISOString();

/** A host whose process "shop" has logs below this directory: now, before, and long before. */
async function hostWithLogs(world: Managed, name: string, labels: readonly string[], offset: number) {
  const dir = await Deno.makeTempDir({ prefix: "farhand-logs-" });
  const path = `${dir}/shop.log`;
  const line = (secondsAgo: number, text: string) => `${at(secondsAgo + offset)} ${text}\n`;
  await Deno.writeTextFile(path, line(50, `${name} fine`) + line(40, `${name} error: new`) + "  at main\n");
  await Deno.writeTextFile(`${path}.1`, line(500, `${name} error: older`));
  await Deno.writeFile(`${path}.2.gz`, gzipSync(line(5_000, `${name} ERROR: oldest`)));
  const host = await world.host(
    name,
    `processes:
  - id: shop
    name: Shop
    command: [/bin/sh, -c, 'echo "its own error"; sleep 1000']
    log_paths: [${path}]
`,
    labels,
  );
  return { host, path, [Symbol.asyncDispose]: () => Deno.remove(dir, { recursive: true }) };
}

const shown = (stdout: string) => stdout.trimEnd().split("\n").map((line) => line.replace(/^.*? \| \S+ /, ""));

managed(
  "agent grep finds lines on three hosts in the order of their times, and says what it could not search",
  async (world) => {
    await using one = await hostWithLogs(world, "web-1", ["env=prod"], 0);
    await using two = await hostWithLogs(world, "web-2", ["env=prod"], 1);
    await using three = await hostWithLogs(world, "db-1", ["env=dev"], 2);

    const all = await world.expectUser(0, ["grep", "error:", "--host", "*", "-i", "--process", "Shop"]);
    assert.deepEqual(shown(all.stdout), [
      "db-1 ERROR: oldest",
      "web-2 ERROR: oldest",
      "web-1 ERROR: oldest",
      "db-1 error: older",
      "web-2 error: older",
      "web-1 error: older",
      "db-1 error: new",
      "web-2 error: new",
      "web-1 error: new",
    ]);
    assert.match(all.stdout, /^db-1 {2}Shop shop\.log\.2\.gz \d{4}-\d\d-\d\d \d\d:\d\d:\d\d \| /);
    assert.match(all.stderr, /^9 matches on 3 of 3 hosts, .* searched\n$/);

    const some = await world.expectUser(0, [
      "grep",
      "error|fine",
      "-E",
      "--host",
      "env=prod",
      "--since",
      "10m",
      "-n",
      "3",
      "--file",
      "shop.log",
    ]);
    assert.deepEqual(shown(some.stdout), ["web-1 fine", "web-2 error: new", "web-1 error: new"]);
    assert.match(some.stderr, /only the newest 3 are shown/);

    const context = await world.expectUser(0, ["grep", "error: new", "--host", "web-1", "-C", "1", "--no-prefix"]);
    assert.equal(context.stdout, `${at(50)} web-1 fine\n${at(40)} web-1 error: new\n  at main\n`);

    const own = await one.host.expect(0, ["grep", "its own error", "--json"]);
    const [match, end] = own.stdout.trimEnd().split("\n").map((line) => JSON.parse(line));
    assert.deepEqual([match.text, match.file, match.processId, end.type], ["its own error", "stdout", "shop", "end"]);

    const none = await world.expectUser(1, ["grep", "no such text", "--host", "web-1", "--host", "db-1"]);
    assert.deepEqual([none.stdout, none.stderr.split(",")[0]], ["", "0 matches on 0 of 2 hosts"]);
    assert.match((await world.expectUser(2, ["grep", "-E", "(a)\\1", "--host", "*"])).stderr, /backreferences/);
    assert.match((await world.expectUser(1, ["grep", "a", "--host", "web-9"])).stderr, /web-9/);

    await two.host.expect(0, ["stop"]);
    await world.untilHost("web-2", ({ state }) => state === "offline", "is offline");
    const without = await world.expectUser(0, ["grep", "error: new", "--host", "web-*"]);
    assert.deepEqual(shown(without.stdout), ["web-1 error: new"]);
    assert.match(without.stderr, /1 match on 1 of 2 hosts.*\noffline: web-2\n/);
    assert.equal((await world.user(["grep", "error", "--host", "web-2"])).code, 8);
    void three;
  },
);

if (IS_LINUX) {
  managed("a search that is interrupted ends on the host", async (world) => {
    await using one = await hostWithLogs(world, "web-1", [], 0);
    // Takes long to be read, and no room.
    await Deno.truncate(`${one.path}.1`, 100_000_000_000);
    const pid = await one.host.pid();
    const isRead = () => opened(pid).includes(`${one.path}.1`);
    const grep = await world.spawnUser(["grep", "error", "--host", "web-1", "--timeout", "10m"]);
    await until(isRead, "the host reads the file");
    grep.signal("SIGINT");
    const ended = await grep.ended;
    assert.equal(ended.code, 130, ended.stderr);
    assert.match(ended.stderr, /interrupted/);
    await until(() => !isRead(), "the host has closed the file");
    await alive(one.host);
  });
}

/** The files that a process has open. */
function opened(pid: number): string[] {
  const paths: string[] = [];
  for (const { name } of Deno.readDirSync(`/proc/${pid}/fd`)) {
    try {
      paths.push(Deno.readLinkSync(`/proc/${pid}/fd/${name}`));
    } catch {
      // It was closed at this moment.
    }
  }
  return paths;
}

async function alive(host: World): Promise<void> {
  assert.match((await host.expect(0, ["ps"])).stdout, /shop +running/);
}
