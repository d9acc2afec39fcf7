import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import fc from "fast-check";
import { settle } from "../../../../../tests/helpers/fake_clock.ts";
import { type UploadFile, type UploadPort, type UploadSeat } from "./upload.ts";
import { freeName, UploadQueue } from "./upload_queue.ts";

type Failure = "again" | "unknown" | "final" | "exists";
class Refusal extends Error {
  readonly kind: Failure;
  constructor(kind: Failure) {
    super(`it is ${kind}`);
    this.kind = kind;
  }
}

interface Kept {
  readonly path: string;
  readonly sizeBytes: number;
  bytes: number[];
}

/** A host that keeps what it is sent, and fails when the test says so. */
class FakeHost implements UploadPort {
  readonly uploads = new Map<string, Kept>();
  readonly files = new Map<string, number[]>();
  readonly memory = new Map<string, string>();
  readonly dropped: string[] = [];
  /** How each next part is taken: null is well; a number is how much of it arrives before the way breaks. */
  readonly fates: (Failure | number | null)[] = [];
  gate: Promise<void> | null = null;
  #next = 1;

  begin(path: string, sizeBytes: number, overwrite: boolean): Promise<UploadSeat> {
    if (this.files.has(path) && !overwrite) return Promise.reject(new Refusal("exists"));
    const id = `u${this.#next++}`;
    this.uploads.set(id, { path, sizeBytes, bytes: [] });
    return this.look(id);
  }
  look(id: string): Promise<UploadSeat> {
    const found = this.uploads.get(id);
    if (found === undefined) return Promise.reject(new Refusal("unknown"));
    return Promise.resolve({ id, path: found.path, sizeBytes: found.sizeBytes, receivedBytes: found.bytes.length });
  }
  async send(id: string, offset: number, part: Blob, signal: AbortSignal): Promise<number> {
    await this.gate;
    signal.throwIfAborted();
    const found = this.uploads.get(id);
    if (found === undefined) throw new Refusal("unknown");
    assert.equal(offset, found.bytes.length, "parts come in order");
    const bytes = [...new Uint8Array(await part.arrayBuffer())];
    const fate = this.fates.shift() ?? null;
    if (fate === "unknown") this.uploads.delete(id);
    if (typeof fate === "string") throw new Refusal(fate);
    found.bytes.push(...bytes.slice(0, fate ?? bytes.length));
    if (fate !== null) throw new Refusal("again");
    return found.bytes.length;
  }
  commit(id: string, sha256: string): Promise<void> {
    const found = this.uploads.get(id);
    if (found === undefined) return Promise.reject(new Refusal("unknown"));
    assert.equal(sha256, createHash("sha256").update(Uint8Array.from(found.bytes)).digest("hex"));
    this.files.set(found.path, found.bytes);
    this.uploads.delete(id);
    return Promise.resolve();
  }
  drop(id: string): void {
    this.dropped.push(id);
    this.uploads.delete(id);
  }
  kindOf(error: unknown): Failure {
    return error instanceof Refusal ? error.kind : "final";
  }
  remembered(key: string): string | null {
    return this.memory.get(key) ?? null;
  }
  remember(key: string, id: string | null): void {
    if (id === null) this.memory.delete(key);
    else this.memory.set(key, id);
  }
  sleep(): Promise<void> {
    return Promise.resolve();
  }
}

function fileOf(name: string, bytes: readonly number[]): UploadFile {
  return { name, size: bytes.length, lastModified: 1, slice: (a, b) => new Blob([Uint8Array.from(bytes.slice(a, b))]) };
}

function queueFor(host: FakeHost): { queue: UploadQueue; arrived: string[]; stateOf: (id?: number) => string } {
  const arrived: string[] = [];
  const queue = new UploadQueue({
    port: host,
    host: "h",
    onChange: () => {},
    onArrived: (path) => arrived.push(path),
    wordsOf: (error) => error instanceof Error ? error.message : "?",
    now: () => 0,
  });
  return { queue, arrived, stateOf: (id = 1) => queue.items.find((item) => item.id === id)?.state ?? "none" };
}

async function until(condition: () => boolean): Promise<void> {
  for (let turns = 0; turns < 5_000; turns += 1) {
    if (condition()) return;
    await settle();
  }
  throw new Error("it did not come to that");
}

const BYTES = Array.from({ length: 1_000 }, (_, index) => index % 256);

Deno.test("a file arrives whole and under its hash", async () => {
  const host = new FakeHost();
  const { queue, arrived, stateOf } = queueFor(host);
  queue.add([{ file: fileOf("a", BYTES), path: "/tmp/a" }]);
  await until(() => stateOf() === "done");
  assert.deepEqual(host.files.get("/tmp/a"), BYTES);
  assert.deepEqual(arrived, ["/tmp/a"]);
  assert.equal(host.memory.size, 0);
});

Deno.test("an empty file arrives too", async () => {
  const host = new FakeHost();
  const { queue, stateOf } = queueFor(host);
  queue.add([{ file: fileOf("a", []), path: "/tmp/a" }]);
  await until(() => stateOf() === "done");
  assert.deepEqual(host.files.get("/tmp/a"), []);
});

Deno.test("however often the way breaks, the file arrives whole", async () => {
  const fate = fc.constantFrom<(Failure | number | null)[]>(null, "again", "unknown", 0, 1, 500);
  await fc.assert(fc.asyncProperty(fc.array(fate, { maxLength: 9 }), async (fates) => {
    const host = new FakeHost();
    host.fates.push(...fates as (Failure | number | null)[]);
    const { queue, stateOf } = queueFor(host);
    queue.add([{ file: fileOf("a", BYTES), path: "/a" }]);
    await until(() => stateOf() === "done");
    assert.deepEqual(host.files.get("/a"), BYTES);
  }));
});

Deno.test("a way that never gets better is given up, with its reason, and can be tried again from there", async () => {
  const host = new FakeHost();
  host.fates.push(500, ...Array<Failure>(13).fill("again"));
  const { queue, stateOf } = queueFor(host);
  queue.add([{ file: fileOf("a", BYTES), path: "/a" }]);
  await until(() => stateOf() === "failed");
  assert.equal(queue.items[0]?.problem, "it is again");
  assert.equal(host.uploads.get("u1")?.bytes.length, 500);
  queue.retry(1);
  await until(() => stateOf() === "done");
  assert.deepEqual(host.files.get("/a"), BYTES);
});

Deno.test("a refusal is final", async () => {
  const host = new FakeHost();
  host.fates.push("final");
  const { queue, stateOf } = queueFor(host);
  queue.add([{ file: fileOf("a", BYTES), path: "/a" }]);
  await until(() => stateOf() === "failed");
});

Deno.test("a file that is there is asked about; then it is replaced, or gets another name", async () => {
  const host = new FakeHost();
  host.files.set("/a", [1]);
  host.files.set("/b", [1]);
  const { queue, stateOf } = queueFor(host);
  queue.add([{ file: fileOf("a", BYTES), path: "/a" }, { file: fileOf("b", BYTES), path: "/b" }]);
  await until(() => stateOf(1) === "exists" && stateOf(2) === "exists");
  assert.deepEqual(host.files.get("/a"), [1]);
  queue.decide(1, { overwrite: true });
  queue.decide(2, { path: "/b (2)" });
  await until(() => stateOf(1) === "done" && stateOf(2) === "done");
  assert.deepEqual([...host.files].map(([path, bytes]) => [path, bytes.length]), [["/a", 1_000], ["/b", 1], [
    "/b (2)",
    1_000,
  ]]);
});

Deno.test("what is cancelled leaves nothing on the host", async () => {
  const host = new FakeHost();
  const gate = Promise.withResolvers<void>();
  host.gate = gate.promise;
  const { queue, stateOf } = queueFor(host);
  queue.add([{ file: fileOf("a", BYTES), path: "/a" }]);
  await until(() => host.uploads.size === 1);
  queue.cancel(1);
  gate.resolve();
  await until(() => host.dropped.length === 1);
  assert.equal(stateOf(), "cancelled");
  assert.deepEqual([host.uploads.size, host.memory.size], [0, 0]);
});

Deno.test("two are sent at a time, the others wait", async () => {
  const host = new FakeHost();
  const gate = Promise.withResolvers<void>();
  host.gate = gate.promise;
  const { queue } = queueFor(host);
  queue.add(Array.from({ length: 5 }, (_, index) => ({ file: fileOf(`${index}`, BYTES), path: `/${index}` })));
  await until(() => host.uploads.size === 2);
  assert.deepEqual(queue.items.map(({ state }) => state), ["sending", "sending", "queued", "queued", "queued"]);
  gate.resolve();
  await until(() => !queue.isBusy);
  assert.equal(host.files.size, 5);
  queue.clearEnded();
  assert.equal(queue.items.length, 0);
});

Deno.test("after a reload of the page the same file goes on where it was", async () => {
  const host = new FakeHost();
  host.uploads.set("u9", { path: "/a", sizeBytes: 1_000, bytes: BYTES.slice(0, 700) });
  host.memory.set("h\n/a\n1000\n1", "u9");
  const { queue, stateOf } = queueFor(host);
  queue.add([{ file: fileOf("a", BYTES), path: "/a" }]);
  await until(() => stateOf() === "done");
  assert.deepEqual(host.files.get("/a"), BYTES);
});

Deno.test("a free name keeps the ending", () => {
  const taken = new Set(["a (2).txt", "b (2)"]);
  assert.equal(freeName("a.txt", (name) => taken.has(name)), "a (3).txt");
  assert.equal(freeName("b", (name) => taken.has(name)), "b (3)");
  assert.equal(freeName(".env", () => false), ".env (2)");
});
