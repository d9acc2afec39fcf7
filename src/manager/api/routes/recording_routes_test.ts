import assert from "node:assert/strict";
import { dataOf, fakeApi, fakePorts, statusOf } from "../../../../tests/helpers/fake_manager_api.ts";
import { hostView } from "../../../../tests/helpers/fake_hub.ts";
import { fakeRecording } from "../../../../tests/helpers/fake_terminals.ts";
import { caller } from "../../../../tests/helpers/fake_auth.ts";

const RECORDINGS = "/api/v1/recordings";

function apiWithRecordings() {
  const ports = fakePorts(hostView("web-1", { labels: { env: "dev" } }), hostView("db-1", { name: "shop" }));
  const { kept } = ports.terminals;
  for (
    const each of [
      fakeRecording("a", "web-1", { startedMs: 10 }),
      fakeRecording("b", "db-1", { startedMs: 20, actor: "bob" }),
      fakeRecording("c", "gone", { startedMs: 30, host: 'old "one"/..' }),
    ]
  ) kept.set(each.id, each);
  return fakeApi(ports);
}

const idsOf = ({ recordings }: { recordings: { id: string }[] }) => recordings.map(({ id }) => id).join("");

Deno.test("recordings are listed newest first, by page, host and actor; of hosts that are gone, too", async () => {
  await using api = apiWithRecordings();
  const list = (query = "") => dataOf(api.ask("admin", "GET", RECORDINGS + query));
  assert.equal(idsOf(await list()), "cba");
  assert.equal(idsOf(await list("?host=shop")), "b");
  assert.equal(idsOf(await list("?host=gone")), "c");
  assert.equal(idsOf(await list("?actor=ada")), "ca");
  const first = await list("?limit=2");
  assert.equal(idsOf(first), "cb");
  const second = await list(`?limit=2&cursor=${encodeURIComponent(first.next)}`);
  assert.deepEqual([idsOf(second), second.next], ["a", undefined]);
  for (const query of ["?cursor=x", "?limit=0", "?limit=9999", "?more=1", "?host=.%20."]) {
    assert.equal(await statusOf(api.ask("admin", "GET", RECORDINGS + query)), 400, query);
  }
});

Deno.test("an admin with a scope sees those of his hosts, and the others are not there", async () => {
  await using api = apiWithRecordings();
  api.ports.auth.ticketsOf.clear();
  const scoped = caller("admin", { actor: "dev", scopes: ["env=dev"] });
  const fetch = api.api.app({ gate: () => ({ access: "owner", caller: scoped }), isSecure: true });
  const ask = async (method: string, path: string) =>
    await fetch(new Request(`http://manager${path}`, { method }), { address: "" });
  assert.equal(idsOf((await (await ask("GET", RECORDINGS)).json()).data), "a");
  assert.equal((await ask("GET", `${RECORDINGS}?host=shop`)).status, 404);
  for (const id of ["b", "c", "none"]) {
    for (const [method, rest] of [["GET", ""], ["GET", "/cast"], ["DELETE", ""]] as const) {
      const response = await ask(method, `${RECORDINGS}/${id}${rest}`);
      assert.equal(response.status, 404, `${method} ${id}${rest}`);
    }
  }
  assert.equal((await ask("DELETE", `${RECORDINGS}/a`)).status, 200);
  assert.deepEqual([...api.ports.terminals.kept.keys()], ["b", "c"]);
});

Deno.test("a recording comes as a file of a name that no host has made up, and watching it is in the audit", async () => {
  await using api = apiWithRecordings();
  const response = await api.ask("admin", "GET", `${RECORDINGS}/c/cast`);
  assert.equal(await response.text(), "cast c");
  assert.deepEqual(
    ["content-type", "content-length", "content-disposition"].map((name) => response.headers.get(name)),
    ["application/x-asciicast", "6", 'attachment; filename="old__one__..-19700101T000000.cast"'],
  );
  await api.ask("operator", "GET", `${RECORDINGS}/c/cast`);
  await api.ask("admin", "DELETE", `${RECORDINGS}/c`);
  assert.deepEqual(
    api.ports.audit.take().map(({ actor, action, subject, result }) => [actor, action, subject, result]),
    [
      ["admin", "recording.watch", "recording c", "ok"],
      ["operator", "recording.watch", "recording c", "refused"],
      ["admin", "recording.remove", "recording c", "ok"],
    ],
  );
});

Deno.test("what could not be written to the audit is not shown, and nothing of it stays open", async () => {
  await using api = apiWithRecordings();
  let wasCancelled = false;
  api.ports.terminals.recordings.cast = () =>
    Promise.resolve({ sizeBytes: 5, body: new ReadableStream({ cancel: () => void (wasCancelled = true) }) });
  api.ports.audit.failing = true;
  assert.equal(await statusOf(api.ask("admin", "GET", `${RECORDINGS}/c/cast`)), 503);
  assert.equal(wasCancelled, true);
});
