import assert from "node:assert/strict";
import { FakeClock } from "../../../../tests/helpers/fake_clock.ts";
import { depsFor, rootsIn } from "../../../../tests/helpers/fixture_host.ts";
import type { TreeReader } from "../reading/tree_reader.ts";
import { FactBook } from "./fact_book.linux.ts";

const PACING = { freshMs: 10_000, roundMs: 300_000 };

/** A book over invented files, that tells which were read. */
class Bench {
  readonly clock = new FakeClock();
  readonly files: Record<string, Record<string, string>> = {};
  readonly book: FactBook;
  #reads: string[] = [];

  constructor(names: readonly string[]) {
    for (const [index, name] of names.entries()) this.files[name] = { ifindex: `${index + 1}\n`, operstate: "up\n" };
    const real = depsFor(rootsIn("/nowhere")).tree;
    const text = (path: string) => {
      const [name = "", ...file] = path.replaceAll("\\", "/").split("/class/net/")[1]?.split("/") ?? [];
      this.#reads.push(`${name}/${file.join("/")}`);
      return this.files[name]?.[file.join("/")] ?? null;
    };
    const tree: TreeReader = { ...real, text, number: (path) => indexes(this.files, path) };
    this.book = new FactBook(tree, this.clock);
  }

  /** The names of the interfaces that were read. */
  refresh(pacing = PACING): string[] {
    this.#reads = [];
    this.book.refresh(Object.keys(this.files), pacing);
    return [...new Set(this.#reads.map((path) => path.split("/")[0] ?? ""))];
  }

  get reads(): readonly string[] {
    return this.#reads;
  }
}

function indexes(files: Readonly<Record<string, Readonly<Record<string, string>>>>, path: string): number {
  const [name = "", file = ""] = path.replaceAll("\\", "/").split("/").slice(-2);
  return Number(files[name]?.[file]);
}

function names(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `eth${index}`);
}

Deno.test("all interfaces are read at first, and none of them again while they are fresh", async () => {
  const bench = new Bench(names(50));
  assert.equal(bench.refresh().length, 50);
  assert.equal(bench.book.get("eth49")?.index, 50);
  await bench.clock.advance(9_999);
  assert.deepEqual(bench.refresh(), []);
});

Deno.test("those that are not fresh are read a few at a time, the oldest first, and all come round", async () => {
  const bench = new Bench(names(10));
  bench.refresh();
  await bench.clock.advance(10_000);
  assert.deepEqual(bench.refresh(), ["eth0", "eth1", "eth2", "eth3"]);
  assert.deepEqual(bench.refresh(), ["eth4", "eth5", "eth6", "eth7"]);
  assert.deepEqual(bench.refresh(), ["eth8", "eth9"]);
  assert.deepEqual(bench.refresh(), []);
});

Deno.test("of many interfaces that are seldom looked at, more are read, so that all come round in time", async () => {
  const bench = new Bench(names(500));
  bench.refresh();
  await bench.clock.advance(60_000);
  assert.equal(bench.refresh().length, 100, "a fifth of them in a fifth of the time");
});

Deno.test("what has changed is read at once, however fresh it is", () => {
  const bench = new Bench(names(10));
  bench.refresh();
  bench.files["eth7"] = { ifindex: "77\n", operstate: "down\n" };
  bench.book.markChanged("eth7");
  bench.book.markChanged("unknown0");
  assert.deepEqual(bench.refresh(), ["eth7"]);
  assert.deepEqual([bench.book.get("eth7")?.index, bench.book.get("eth7")?.state], [77, "down"]);
  assert.deepEqual(bench.refresh(), [], "and once only");
});

Deno.test("when nobody knows what has changed, all are read, so many at a time", () => {
  const bench = new Bench(names(40));
  bench.refresh();
  bench.book.markAllChanged();
  for (const file of Object.values(bench.files)) Object.assign(file, { ifindex: "99\n", operstate: "down\n" });
  assert.equal(bench.refresh().length, 32);
  const last = () => bench.book.get("eth39");
  assert.deepEqual([last()?.state, last()?.index], ["up", 99], "its index is read at once, the rest next time");
  assert.equal(bench.refresh().length, 8);
  assert.deepEqual(last()?.state, "down");
});

Deno.test("files without a value are let be until the interface is another, or for a while", async () => {
  const bench = new Bench(["eth0"]);
  bench.refresh();
  const all = bench.reads.length;
  assert.ok(bench.reads.includes("eth0/speed"));
  const aged = async () => {
    await bench.clock.advance(10_000);
    bench.refresh();
    return bench.reads;
  };
  assert.deepEqual((await aged()).toSorted(), ["eth0/ifindex", "eth0/operstate"]);
  bench.files["eth0"] = { ifindex: "1\n", operstate: "down\n", speed: "1000\n" };
  assert.equal((await aged()).length, 2 + all, "its state is another: once again with everything");
  assert.equal(bench.book.get("eth0")?.speedBytesPerSecond, 125_000_000);
  let readings = 0;
  while ((await aged()).length !== all) assert.ok(++readings < 20, "everything is tried again in the end");
});

Deno.test("an interface that is gone is forgotten, and a new one is read at once", () => {
  const bench = new Bench(["eth0", "eth1"]);
  bench.refresh();
  delete bench.files["eth0"];
  bench.files["tun0"] = { ifindex: "9\n" };
  assert.deepEqual(bench.refresh(), ["tun0"]);
  assert.equal(bench.book.get("eth0"), undefined);
  assert.equal(bench.book.get("tun0")?.index, 9);
});
