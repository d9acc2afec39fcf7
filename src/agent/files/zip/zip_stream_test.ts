import assert from "node:assert/strict";
import { Uint8ArrayReader, Uint8ArrayWriter, ZipReader } from "@zip.js/zip.js";
import fc from "fast-check";
import { centralRecord, dataDescriptor, endRecords, localHeader } from "./zip_records.ts";
import { type ZipItem, zipStream } from "./zip_stream.ts";

interface Wanted {
  readonly name: string;
  readonly content: Uint8Array | null;
  readonly pieces: number;
}

function itemOf({ name, content, pieces }: Wanted): ZipItem {
  return {
    name,
    modifiedMs: Date.UTC(2026, 2, 1, 14, 5, 9),
    mode: content === null ? 0o750 : 0o640,
    sizeBytes: content?.length ?? null,
    async *content() {
      const size = Math.max(1, Math.ceil((content?.length ?? 0) / pieces));
      for (let at = 0; at < (content?.length ?? 0); at += size) {
        yield await Promise.resolve(content?.subarray(at, at + size) ?? new Uint8Array(0));
      }
    },
  };
}

async function archiveOf(items: readonly ZipItem[]): Promise<Uint8Array<ArrayBuffer>> {
  const parts: Uint8Array[] = [];
  const all = (async function* () {
    yield* items;
  })();
  for await (const part of zipStream(all)) parts.push(part.slice());
  return new Uint8Array(await new Blob(parts as Uint8Array<ArrayBuffer>[]).arrayBuffer());
}

/** By somebody else's program: what it reads is what it was meant to be. */
async function read(archive: Uint8Array) {
  const reader = new ZipReader(new Uint8ArrayReader(archive), { useWebWorkers: false, checkSignature: true });
  const found = [];
  for (const entry of await reader.getEntries()) {
    const content = entry.directory ? null : await entry.getData(new Uint8ArrayWriter());
    found.push({
      name: entry.filename.replace(/\/$/, ""),
      content: content === null ? null : [...content],
      mode: (entry.externalFileAttributes >>> 16) & 0o7777,
      modifiedMs: entry.lastModDate.getTime(),
    });
  }
  await reader.close();
  return found;
}

Deno.test("what is put into an archive comes out of it, whatever its name, content and pieces", async () => {
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 5_000 }),
    fc.tuple(fc.nat({ max: 255 }), fc.nat({ max: 200_000 })).map(([byte, size]) => new Uint8Array(size).fill(byte)),
  );
  const wanted = fc.record({
    name: fc.string({ unit: "grapheme", minLength: 1, maxLength: 40 }).map((text) => text.replaceAll(/[/\\\0]/g, "_")),
    content: fc.option(bytes, { nil: null }),
    pieces: fc.integer({ min: 1, max: 5 }),
  });
  await fc.assert(
    fc.asyncProperty(fc.uniqueArray(wanted, { selector: ({ name }) => name, maxLength: 6 }), async (all) => {
      const found = await read(await archiveOf(all.map(itemOf)));
      assert.deepEqual(
        found,
        all.map(({ name, content }) => ({
          name,
          content: content === null ? null : [...content],
          mode: content === null ? 0o750 : 0o640,
          modifiedMs: Date.UTC(2026, 2, 1, 14, 5, 9),
        })),
      );
    }),
    { numRuns: 60 },
  );
});

Deno.test("what cannot be compressed is stored, at hardly more than its own size", async () => {
  const content = new Uint8Array(3_000_000);
  for (let at = 0; at < content.length; at += 65_536) crypto.getRandomValues(content.subarray(at, at + 65_536));
  const archive = await archiveOf([itemOf({ name: "noise", content, pieces: 12 })]);
  assert.ok(archive.length < content.length * 1.001 + 300, String(archive.length));
  assert.deepEqual((await read(archive))[0]?.content?.length, content.length);
});

Deno.test("more than 65,535 entries are counted in the wide form", async () => {
  const items = Array.from({ length: 66_000 }, (_, at) => itemOf({ name: `${at}`, content: null, pieces: 1 }));
  const archive = await archiveOf(items);
  const end = new DataView(archive.buffer, archive.length - 98);
  assert.deepEqual([end.getUint32(0, true), Number(end.getBigUint64(32, true))], [0x06064b50, 66_000]);
  const list = Number(end.getBigUint64(48, true));
  assert.equal(new DataView(archive.buffer, list).getUint32(0, true), 0x02014b50);
});

Deno.test("sizes and places beyond 4 GiB stand in the wide fields, and times beyond a field's reach do no harm", () => {
  const large = { name: new TextEncoder().encode("x"), isFolder: false, modifiedMs: 0, mode: null, sizeBytes: 5e9 };
  assert.equal(dataDescriptor(large, { crc: 1, storedBytes: 4.9e9, sizeBytes: 5e9 }).length, 24);
  const record = centralRecord(large, { crc: 1, storedBytes: 4.9e9, sizeBytes: 5e9 }, 6e9);
  const extra = new DataView(record.buffer, 46 + 1 + 9);
  assert.deepEqual([extra.getUint16(0, true), extra.getUint16(2, true)], [1, 24]);
  const values = [4, 12, 20].map((at) => Number(extra.getBigUint64(at, true)));
  assert.deepEqual(values, [5e9, 4.9e9, 6e9]);
  assert.equal(endRecords(1, 100, 6e9).length, 98);
  for (const modifiedMs of [-1e15, -1, 8.64e15, NaN, Date.UTC(2200, 1)]) {
    localHeader({ ...large, sizeBytes: 1, modifiedMs });
  }
});
