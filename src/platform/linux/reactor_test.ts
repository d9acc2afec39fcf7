import assert from "node:assert/strict";
import { createReactor, epollLayout, READABLE, WRITABLE } from "./reactor.ts";

const ignore = Deno.build.os !== "linux";

Deno.test("an event is packed on x86-64 only", () => {
  assert.deepEqual(epollLayout("x86_64"), { bytes: 12, dataAt: 4 });
  assert.deepEqual(epollLayout("aarch64"), { bytes: 16, dataAt: 8 });
});

function makePipe() {
  const library = Deno.dlopen("libc.so.6", {
    pipe: { parameters: ["buffer"], result: "i32" },
    read: { parameters: ["i32", "buffer", "usize"], result: "isize" },
    write: { parameters: ["i32", "buffer", "usize"], result: "isize" },
    close: { parameters: ["i32"], result: "i32" },
  });
  const { symbols } = library;
  const ends = new Int32Array(2);
  assert.equal(symbols.pipe(ends), 0);
  const [reader = -1, writer = -1] = ends;
  const byte = new Uint8Array(1);
  return {
    reader,
    writer,
    write: () => void symbols.write(writer, byte, 1n),
    read: () => void symbols.read(reader, byte, 1n),
    [Symbol.dispose]() {
      symbols.close(reader);
      symbols.close(writer);
      library.close();
    },
  };
}

Deno.test({ name: "a descriptor is told of each time, until it is removed", ignore }, async () => {
  using first = makePipe();
  using second = makePipe();
  const log: string[] = [];
  let told = Promise.withResolvers<void>();
  const reactor = createReactor({ onWake: () => log.push("wake"), onBroken: () => log.push("broken") });
  assert.ok(typeof reactor === "object");
  const add = (name: string, pipe: typeof first) =>
    reactor.add(pipe.reader, () => {
      log.push(name);
      pipe.read();
      told.resolve();
    });
  assert.deepEqual([add("first", first), add("second", second), reactor.add(-1, () => {})], [true, true, false]);
  for (const pipe of [first, second, first]) {
    told = Promise.withResolvers();
    pipe.write();
    await told.promise;
  }
  assert.deepEqual(log.splice(0), ["wake", "first", "wake", "second", "wake", "first"]);
  reactor.remove(first.reader);
  first.write();
  told = Promise.withResolvers();
  second.write();
  await told.promise;
  assert.deepEqual(log.splice(0), ["wake", "second"]);
  reactor.close();
  reactor.close();
  assert.equal(reactor.add(first.reader, () => {}), false);
  await new Promise((resolve) => setTimeout(resolve, 5));
  assert.deepEqual(log, []);
});

Deno.test({ name: "a callback may remove another that is due with it", ignore }, async () => {
  using first = makePipe();
  using second = makePipe();
  first.write();
  second.write();
  const log: string[] = [];
  const reactor = createReactor({ onWake: () => {}, onBroken: () => {} });
  assert.ok(typeof reactor === "object");
  const done = Promise.withResolvers<void>();
  const add = (name: string, own: number, other: number) =>
    reactor.add(own, () => {
      log.push(name);
      reactor.remove(own);
      reactor.remove(other);
      done.resolve();
    });
  // Both are added in one turn, so both are due when the wait that is under way returns, or the next one.
  add("first", first.reader, second.reader);
  add("second", second.reader, first.reader);
  await done.promise;
  reactor.close();
  await new Promise((resolve) => setTimeout(resolve, 5));
  assert.equal(log.length, 1);
});

Deno.test({ name: "what is waited for can be changed, to nothing and back as well", ignore }, async () => {
  using pipe = makePipe();
  const log: string[] = [];
  let told = Promise.withResolvers<void>();
  const reactor = createReactor({ onWake: () => {}, onBroken: () => {} });
  assert.ok(typeof reactor === "object");
  const note = (what: string, then: () => void) => (possible: number) => {
    log.push(`${what} ${possible}`);
    then();
    told.resolve();
  };
  reactor.add(pipe.reader, note("reader", () => pipe.read()));
  reactor.add(pipe.writer, note("writer", () => reactor.change(pipe.writer, 0)), 0);
  const next = async (act: () => void) => {
    told = Promise.withResolvers();
    act();
    await told.promise;
    return log.splice(0);
  };
  assert.deepEqual(await next(() => reactor.change(pipe.writer, WRITABLE)), [`writer ${WRITABLE}`]);
  assert.deepEqual(await next(() => pipe.write()), [`reader ${READABLE}`]);
  assert.equal(reactor.change(pipe.reader, 0), true);
  pipe.write();
  assert.deepEqual(await next(() => reactor.change(pipe.writer, WRITABLE)), [`writer ${WRITABLE}`], "nobody reads");
  assert.deepEqual(await next(() => reactor.change(pipe.reader, READABLE)), [`reader ${READABLE}`]);
  reactor.change(pipe.reader, 0);
  reactor.remove(pipe.reader);
  assert.equal(reactor.change(pipe.reader, READABLE), false);
  assert.equal(reactor.add(pipe.reader, () => {}), true, "one of which nothing was wanted is gone as well");
  reactor.close();
  assert.equal(reactor.change(pipe.reader, 0), false);
  await new Promise((resolve) => setTimeout(resolve, 5));
});
