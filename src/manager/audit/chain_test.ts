import assert from "node:assert/strict";
import fc from "fast-check";
import { systemClock } from "../../core/mod.ts";
import type { AuditEntry, AuditVerification } from "../../protocol/mod.ts";
import { canonicalJson } from "./canonical_json.ts";
import { CHAIN_START, type ChainEnd, linked } from "./chain.ts";
import { verifyChain } from "./verify.ts";

type Unlinked = Omit<AuditEntry, "seq" | "hash">;

const anyEntry: fc.Arbitrary<Unlinked> = fc.record({
  timeMs: fc.nat(),
  actor: fc.string(),
  address: fc.string(),
  action: fc.string(),
  subject: fc.string(),
  result: fc.constantFrom("ok", "refused", "failed"),
  details: fc.dictionary(fc.string(), fc.jsonValue()) as fc.Arbitrary<Record<string, unknown>>,
}, { noNullPrototype: true }).chain((entry) =>
  fc.option(fc.string(), { nil: undefined }).map((hostId) => ({ ...entry, ...hostId !== undefined && { hostId } }))
);
const anyChain = (minLength: number) => fc.array(anyEntry, { minLength, maxLength: 12 }).map(chainOf);

function chainOf(entries: readonly Unlinked[]): AuditEntry[] {
  let end: ChainEnd = CHAIN_START;
  return entries.map((entry) => {
    const next = linked(entry, end);
    end = next;
    return next;
  });
}

const plainChain = (length: number) =>
  chainOf(Array.from({ length }, (_, at) => ({
    ...{ timeMs: at, actor: "anna", address: "192.0.2.1", action: "host.rename", subject: `host ${at}` },
    ...{ result: "ok" as const, details: { at } },
  })));

/** A store that somebody may have had his hands in: it gives its rows in the order of their numbers. */
function verify(rows: readonly AuditEntry[], knownEnd?: ChainEnd): Promise<AuditVerification> {
  const sorted = JSON.parse(JSON.stringify(rows.toSorted((a, b) => a.seq - b.seq))) as AuditEntry[];
  const store = {
    last: () => Promise.resolve(sorted.at(-1) ?? null),
    walk: (after: number, limit: number) => Promise.resolve(sorted.filter(({ seq }) => seq > after).slice(0, limit)),
  };
  return verifyChain(store, { clock: systemClock, ...knownEnd && { knownEnd } });
}

Deno.test("a chain as it was written is good, however long", async () => {
  assert.deepEqual(await verify([]), { ok: true, entries: 0 });
  await fc.assert(fc.asyncProperty(anyChain(1), async (chain) => {
    assert.deepEqual(await verify(chain), { ok: true, entries: chain.length });
  }));
  assert.deepEqual(await verify(plainChain(1_700)), { ok: true, entries: 1_700 });
});

Deno.test("any change of any field of any entry is found, at that entry", async () => {
  const change = fc.oneof(
    ...(["actor", "address", "action", "subject", "hostId", "hash"] as const).map((field) =>
      fc.string().map((value) => ({ [field]: value }))
    ),
    fc.nat().map((timeMs) => ({ timeMs })),
    fc.constantFrom("ok", "refused", "failed").map((result) => ({ result })),
    fc.dictionary(fc.string(), fc.jsonValue()).map((details) => ({ details })),
    fc.constant({ hostId: undefined }),
  );
  await fc.assert(fc.asyncProperty(anyChain(1), fc.nat(), change, async (chain, place, fields) => {
    const at = place % chain.length;
    const before = chain[at] as AuditEntry;
    const after = { ...before, ...fields } as AuditEntry;
    // Of keys in another order nobody can say that anything was changed.
    fc.pre(canonicalJson(after) !== canonicalJson(before));
    const found = await verify(chain.with(at, after));
    assert.deepEqual([found.ok, found.firstBadSeq, found.entries], [false, at + 1, at]);
  }));
});

Deno.test("an entry that was forged with a fitting hash of its own is found by the one after it", async () => {
  await fc.assert(fc.asyncProperty(anyChain(2), fc.nat(), fc.string(), async (chain, place, actor) => {
    const at = place % (chain.length - 1);
    const { hash, ...before } = chain[at] as AuditEntry;
    fc.pre(actor !== before.actor);
    const forged = linked({ ...before, actor }, { seq: at, hash: chain[at - 1]?.hash ?? CHAIN_START.hash });
    assert.notEqual(forged.hash, hash);
    const found = await verify(chain.with(at, forged));
    assert.deepEqual([found.ok, found.firstBadSeq], [false, at + 2]);
  }));
});

Deno.test("another number is found too", async () => {
  await fc.assert(
    fc.asyncProperty(anyChain(1), fc.nat(), fc.integer({ min: -20, max: 40 }), async (chain, place, seq) => {
      const at = place % chain.length;
      fc.pre(seq !== at + 1);
      assert.equal(
        (await verify(chain.with(at, { ...chain[at] as AuditEntry, seq }))).ok,
        false,
      );
    }),
  );
});

Deno.test("the removal of any entry but the last ones is found, with and without new numbers", async () => {
  await fc.assert(fc.asyncProperty(anyChain(2), fc.nat(), fc.nat(), async (chain, place, count) => {
    const at = place % (chain.length - 1);
    const most = chain.length - 1 - at;
    const without = chain.toSpliced(at, 1 + count % most);
    const found = await verify(without);
    assert.deepEqual([found.ok, found.firstBadSeq], [false, at + 1]);
    assert.match(found.reason ?? "", /missing/);
    const renumbered = await verify(without.map((entry, index) => ({ ...entry, seq: index + 1 })));
    assert.deepEqual([renumbered.ok, renumbered.firstBadSeq], [false, at + 1]);
  }));
});

Deno.test("a swap of any two entries is found, and called by its name", async () => {
  await fc.assert(fc.asyncProperty(anyChain(2), fc.nat(), fc.nat(), async (chain, one, other) => {
    const [a, b] = [one % chain.length, other % chain.length].toSorted((x, y) => x - y) as [number, number];
    fc.pre(a !== b);
    const [first, second] = [chain[a] as AuditEntry, chain[b] as AuditEntry];
    const found = await verify(chain.with(a, { ...second, seq: a + 1 }).with(b, { ...first, seq: b + 1 }));
    assert.deepEqual([found.ok, found.firstBadSeq], [false, a + 1]);
    assert.match(found.reason ?? "", /reordered/);
  }));
});

Deno.test("who knows where the chain ended finds that its end is missing, or that it was written anew", async () => {
  const chain = plainChain(5);
  const knownEnd = chain[3] as AuditEntry;
  assert.equal((await verify(chain, knownEnd)).ok, true);
  const cut = await verify(chain.slice(0, 3), knownEnd);
  assert.deepEqual([cut.ok, cut.firstBadSeq, cut.entries], [false, 4, 3]);
  assert.match(cut.reason ?? "", /missing/);
  const forged = chainOf(chain.map(({ seq: _, hash: __, ...entry }) => ({ ...entry, actor: "mallory" })));
  assert.equal((await verify(forged)).ok, true);
  assert.match((await verify(forged, knownEnd)).reason ?? "", /written anew/);
  assert.equal((await verify([], knownEnd)).ok, false);
});

Deno.test("what is too deep to be read is a bad entry, no crash", async () => {
  const chain = plainChain(3);
  let deep: unknown = 1;
  for (let i = 0; i < 100_000; i++) deep = [deep];
  const rows = chain.with(1, { ...chain[1] as AuditEntry, details: { deep } });
  const store = {
    last: () => Promise.resolve(rows[2] ?? null),
    walk: (after: number) => Promise.resolve(rows.filter(({ seq }) => seq > after)),
  };
  const found = await verifyChain(store, { clock: systemClock });
  assert.deepEqual([found.ok, found.firstBadSeq], [false, 2]);
});

Deno.test("verifying can be given up", async () => {
  const rows = plainChain(3);
  const store = { last: () => Promise.resolve(rows[2] ?? null), walk: () => Promise.resolve(rows) };
  const signal = AbortSignal.abort(new Error("enough"));
  await assert.rejects(verifyChain(store, { clock: systemClock, signal }), /enough/);
});
