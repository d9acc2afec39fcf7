import assert from "node:assert/strict";
import { hostText } from "../../../../tests/helpers/fixture_host.ts";
import type { FactBook } from "./fact_book.linux.ts";
import { newsOfFile, newsOfKernel, parseIgmp } from "./link_news.linux.ts";

function recordingBook() {
  const marked: string[] = [];
  const book = {
    markChanged: (name: string) => void marked.push(name),
    markAllChanged: () => void marked.push("all"),
  } as unknown as FactBook;
  return { book, take: () => marked.splice(0) };
}

Deno.test("the file of groups has each interface that is on, with its index", () => {
  assert.deepEqual([...parseIgmp(hostText("namespace", "proc/net/igmp"))], [["lo", 1], ["uplink0", 2], ["spare0", 4]]);
});

Deno.test("an interface that comes, goes or has another index is told by the file", () => {
  const { book, take } = recordingBook();
  let text = "Idx\tDevice    : Count Querier\n1\tlo        :     1      V3\n\t\t\t\t010000E0     1 0:0\t\t0\n";
  const news = newsOfFile({ text: () => text, close: () => {} });
  const tell = () => {
    news.tell(book);
    return take();
  };
  assert.deepEqual(tell(), ["lo"]);
  assert.deepEqual(tell(), []);
  text += "2\teth0      :     1      V3\n";
  assert.deepEqual(tell(), ["eth0"]);
  text = text.replace("2\t", "9\t");
  assert.deepEqual(tell(), ["eth0"]);
  text = text.replace(/9\t.*\n/, "");
  assert.deepEqual(tell(), ["eth0"]);
});

Deno.test("the kernel's events are told, and when it has lost some, everything may have changed", () => {
  const { book, take } = recordingBook();
  const changes = [new Set<string>(), new Set(["eth0", "veth3"]), null];
  let isClosed = false;
  const news = newsOfKernel({ changed: () => changes.shift() ?? null, close: () => void (isClosed = true) });
  const tell = () => {
    news.tell(book);
    return take();
  };
  assert.deepEqual([tell(), tell(), tell()], [[], ["eth0", "veth3"], ["all"]]);
  news.close();
  assert.equal(isClosed, true);
});
