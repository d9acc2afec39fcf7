import assert from "node:assert/strict";
import { until } from "../../../tests/helpers/host.ts";
import { type FilesWorld, withFiles } from "../../../tests/helpers/files_world.ts";

const posix = { ignore: Deno.build.os === "windows" };

interface Tail extends AsyncDisposable {
  /** `text` of lines, and `[event]` of others. */
  readonly seen: string[];
  readonly ended: Promise<void>;
}

function tail(world: FilesWorld, name: string, query: Record<string, string> = {}): Tail {
  const leave = new AbortController();
  const seen: string[] = [];
  const path = `/v1/files/tail?${new URLSearchParams({ path: world.at(name), ...query })}`;
  const run = async () => {
    for await (const { event, data } of world.api.events(path, { signal: leave.signal })) {
      const { text, reason } = JSON.parse(data);
      seen.push(event === "line" ? text : `[${event} ${reason}]`);
    }
  };
  const ended = run();
  return {
    seen,
    ended,
    async [Symbol.asyncDispose]() {
      leave.abort();
      await ended.catch(() => {}); // it was left
    },
  };
}

const untilSeen = ({ seen }: Tail, expected: readonly string[]) =>
  until(() => seen.length >= expected.length, `${expected.length} lines are there`).then(() =>
    assert.deepEqual(seen, expected)
  );

Deno.test({
  ...posix,
  name: "the last lines of a file are sent, however long it is and whether or not the last one has ended",
  fn: () =>
    withFiles(async (world) => {
      const lines = Array.from({ length: 20_000 }, (_, at) => `line ${at}`);
      await world.text("log", `${lines.join("\n")}\n`);
      await world.text("open", lines.join("\n"));
      await world.text("empty", "");
      await world.text("blank", "\n\n\n");
      const of = async (name: string, query: Record<string, string> = {}) => {
        await using one = tail(world, name, query);
        await one.ended;
        return one.seen;
      };
      for (const name of ["log", "open"]) {
        assert.deepEqual(await of(name), lines.slice(-10), name);
        assert.deepEqual(await of(name, { lines: "1" }), lines.slice(-1), name);
        assert.deepEqual(await of(name, { lines: "9999" }), lines.slice(-9_999), name);
      }
      assert.deepEqual(await of("log", { lines: "0" }), []);
      assert.deepEqual(await of("empty"), []);
      assert.deepEqual(await of("blank", { lines: "2" }), ["", ""]);
      assert.deepEqual(await of("blank"), ["", "", ""]);
    }),
});

Deno.test({
  ...posix,
  name: "what is written later follows, over a rotation by rename, by copying and by a new file in its place",
  fn: () =>
    withFiles(async (world) => {
      const path = await world.text("log", "one\n");
      const add = (text: string) => Deno.writeTextFile(path, text, { append: true });
      await using following = tail(world, "log", { follow: "true" });
      await untilSeen(following, ["one"]);
      await add("tw");
      await add("o\nthree\n");
      await untilSeen(following, ["one", "two", "three"]);
      // What the program still writes to the old file comes before the new one.
      using old = await Deno.open(path, { append: true });
      await Deno.rename(path, `${path}.1`);
      await old.write(new TextEncoder().encode("four\n"));
      await untilSeen(following, ["one", "two", "three", "four"]);
      await Deno.writeTextFile(path, "five\n");
      const renamed = ["one", "two", "three", "four", "[restart replaced]", "five"];
      await untilSeen(following, renamed);
      await Deno.truncate(path);
      await untilSeen(following, [...renamed, "[restart emptied]"]);
      await add("six\n");
      await untilSeen(following, [...renamed, "[restart emptied]", "six"]);
    }),
});

Deno.test({
  ...posix,
  name: "a tail that is followed ends when the agent stops",
  fn: () =>
    withFiles(async (world) => {
      await world.text("log", "one\n");
      await using following = tail(world, "log", { follow: "true" });
      await untilSeen(following, ["one"]);
      await world.restart();
      await following.ended;
    }),
});
