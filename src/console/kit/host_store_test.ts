import assert from "node:assert/strict";
import { consoleHost as hostView } from "../../../tests/helpers/console_host.ts";
import { HostStore } from "./host_store.ts";

Deno.test("the first telling comes in parts and replaces all that was known", () => {
  const store = new HostStore();
  store.put(hostView("old"));
  store.take({ type: "hosts", hosts: [hostView("a")], part: 1, of: 2 });
  assert.deepEqual([[...store.hosts.value.keys()], store.isComplete.value], [["old"], false]);
  store.take({ type: "hosts", hosts: [hostView("b")], part: 2, of: 2 });
  assert.deepEqual([[...store.hosts.value.keys()], store.isComplete.value], [["a", "b"], true]);
});

Deno.test("a change leaves the hosts beside it the same objects, and tells only who watches it", () => {
  const store = new HostStore();
  store.take({ type: "hosts", hosts: [hostView("a"), hostView("b")], part: 1, of: 1 });
  const [a, b] = [store.hosts.value.get("a"), store.hosts.value.get("b")];
  let [toldA, toldB] = [0, 0];
  store.watch("a").subscribe(() => toldA++);
  store.watch("b").subscribe(() => toldB++);
  store.take({ type: "changes", hosts: [hostView("a", { latencyMs: 5 })], removed: [] });
  assert.equal(store.hosts.value.get("a"), a);
  store.flush();
  assert.notEqual(store.hosts.value.get("a"), a);
  assert.equal(store.hosts.value.get("b"), b);
  assert.deepEqual([toldA, toldB], [2, 1]);
});

Deno.test("several changes are applied at once; one that is gone is gone", () => {
  const store = new HostStore();
  store.take({ type: "hosts", hosts: [hostView("a"), hostView("b")], part: 1, of: 1 });
  let applied = 0;
  store.hosts.subscribe(() => applied++);
  const heard: string[] = [];
  store.onApplied = (changed) => heard.push(...changed.map(({ id }) => id));
  store.take({ type: "changes", hosts: [hostView("a")], removed: ["b"] });
  store.take({ type: "changes", hosts: [hostView("c")], removed: [] });
  store.flush();
  assert.deepEqual([applied, [...store.hosts.value.keys()], heard], [2, ["a", "c"], ["a", "c"]]);
  assert.equal(store.watch("b").value, undefined);
  store.clear();
  assert.deepEqual([store.hosts.value.size, store.isComplete.value], [0, false]);
});
