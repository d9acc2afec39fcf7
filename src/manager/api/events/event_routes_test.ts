import assert from "node:assert/strict";
import { type FakeApi, fakeApi, fakePorts } from "../../../../tests/helpers/fake_manager_api.ts";
import { hostView } from "../../../../tests/helpers/fake_hub.ts";
import { until } from "../../../../tests/helpers/host.ts";
import type { FleetEvent } from "../../../protocol/mod.ts";

const HOSTS = [hostView("web-1", { labels: { env: "dev" } }), hostView("db-1")];
const STREAM = "/api/v1/events/stream";

/** One who reads a stream of events, an event at a time. */
class Listener {
  readonly #reader: ReadableStreamDefaultReader<string>;
  #text = "";

  constructor(response: Response) {
    assert.equal(response.status, 200);
    this.#reader = (response.body ?? new ReadableStream()).pipeThrough(new TextDecoderStream()).getReader();
  }

  /** The next event that is none of the comments; null at the end. */
  async next(): Promise<{ event: string; id: number; data: FleetEvent } | null> {
    for (;;) {
      const end = this.#text.indexOf("\n\n");
      if (end === -1) {
        const { done, value } = await this.#reader.read();
        if (done) return null;
        this.#text += value;
        continue;
      }
      const fields = new Map(
        this.#text.slice(0, end).split("\n").map((line) => line.split(/: (.*)/s, 2) as [string, string]),
      );
      this.#text = this.#text.slice(end + 2);
      if (fields.has("event")) {
        return {
          event: fields.get("event") ?? "",
          id: Number(fields.get("id")),
          data: JSON.parse(fields.get("data") ?? "null"),
        };
      }
    }
  }

  async seqs(count: number): Promise<number[]> {
    const seqs: number[] = [];
    while (seqs.length < count) seqs.push((await this.next())?.id ?? -1);
    return seqs;
  }

  close(): Promise<void> {
    return this.#reader.cancel();
  }
}

async function listen(api: FakeApi, as: string, query = "", headers: Record<string, string> = {}): Promise<Listener> {
  const request = new Request(`http://manager${STREAM}${query}`, { headers: { "x-caller": as, ...headers } });
  return new Listener(await api.fetch(request, { address: "" }));
}

Deno.test("events are listed, from a seq on, before one or the latest, and by host, kind and level", async () => {
  await using api = fakeApi(fakePorts(...HOSTS));
  const { events } = api.ports;
  for (const hostId of ["web-1", "db-1", "web-1"]) events.happen({ hostId, kind: "process" });
  events.happen({ kind: "manager", level: "warn" });
  const list = async (as: string, query: string) => {
    const { data } = await (await api.ask(as, "GET", `/api/v1/events${query}`)).json();
    const { previous } = data;
    return [data.events.map(({ seq }: FleetEvent) => seq), data.next, ...(previous === undefined ? [] : [previous])];
  };
  assert.deepEqual(await list("viewer", ""), [[1, 2, 3, 4], 4]);
  assert.deepEqual(await list("viewer", "?after=1&limit=2"), [[2, 3], 3]);
  assert.deepEqual(await list("viewer", "?host=web-1&kind=process,host"), [[1, 3], 3]);
  assert.deepEqual(await list("viewer", "?limit=2"), [[3, 4], 4, 3]);
  assert.deepEqual(await list("viewer", "?before=3&limit=2"), [[1, 2], 2]);
  assert.deepEqual(await list("viewer", "?level=warn,error"), [[4], 4]);
  assert.deepEqual(await list("viewer", "?host=gone"), [[], 0]);
  assert.deepEqual(await list("dev", "?after=0"), [[1, 3, 4], 4]);
  for (
    const query of ["?kind=nothing", "?level=loud", "?after=x", "?before=x", "?limit=0", "?since=yesterday", "?x=1"]
  ) {
    assert.equal((await api.ask("viewer", "GET", `/api/v1/events${query}`)).status, 400, query);
  }
  assert.equal((await api.ask("dev", "GET", "/api/v1/events?host=db-1")).status, 404);
});

Deno.test("who listens is told of what happens from then on", async () => {
  await using api = fakeApi(fakePorts(...HOSTS));
  const { events } = api.ports;
  events.happen();
  const listener = await listen(api, "viewer");
  events.happen({ hostId: "web-1" });
  events.happen({ kind: "task" });
  assert.deepEqual(await listener.seqs(2), [2, 3]);
  await listener.close();
  assert.equal(events.listeners, 0);
});

Deno.test("who listens again goes on after the last that he was told, and misses nothing in between", async () => {
  await using api = fakeApi(fakePorts(...HOSTS));
  const { events } = api.ports;
  for (let i = 0; i < 1_000; i++) events.happen();
  const listener = await listen(api, "viewer", "?after=990", { "last-event-id": "3" });
  for (let i = 0; i < 50; i++) events.happen();
  assert.deepEqual(await listener.seqs(1_047), Array.from({ length: 1_047 }, (_, at) => at + 4));
  await listener.close();
});

Deno.test("events of hosts that are not his to see are left out, as they are seen at that moment", async () => {
  await using api = fakeApi(fakePorts(...HOSTS));
  const { events, hub } = api.ports;
  for (const hostId of ["web-1", "db-1"]) events.happen({ hostId });
  const listener = await listen(api, "dev", "?after=0");
  assert.deepEqual(await listener.seqs(1), [1]);
  events.happen({ hostId: "db-1" });
  hub.put(hostView("db-1", { labels: { env: "dev" } }), hostView("web-1"));
  events.happen({ hostId: "web-1" });
  events.happen({ hostId: "db-1" });
  assert.deepEqual(await listener.seqs(1), [5]);
  await listener.close();
});

Deno.test("a slow reader has nothing kept for him, and is told all of it in the end", async () => {
  await using api = fakeApi(fakePorts(...HOSTS));
  const { events } = api.ports;
  let asked = 0;
  const { list } = events;
  events.list = (query) => {
    asked++;
    return list.call(events, query);
  };
  const listener = await listen(api, "viewer");
  for (let i = 0; i < 5_000; i++) events.happen();
  assert.equal(asked, 0);
  assert.deepEqual(await listener.seqs(5_000), Array.from({ length: 5_000 }, (_, at) => at + 1));
  assert.ok(asked > 1, "the rest was read from the store");
  events.happen();
  assert.deepEqual(await listener.seqs(1), [5_001]);
  await listener.close();
});

Deno.test("who loses the session is cut off, and so is everybody when the manager stops", async () => {
  const api = fakeApi(fakePorts(...HOSTS));
  const [lost, other] = [await listen(api, "viewer"), await listen(api, "operator")];
  api.ports.auth.ended.add("viewer");
  api.ports.auth.changed();
  assert.equal(await lost.next(), null);
  assert.equal(api.ports.events.listeners, 1);
  await api[Symbol.asyncDispose]();
  assert.equal(await other.next(), null);
  assert.equal(api.ports.events.listeners, 0);
});

Deno.test("a store that is away ends the stream with the reason", async () => {
  await using api = fakeApi(fakePorts(...HOSTS));
  api.ports.events.list = () => Promise.reject(new Error("the disk is gone"));
  const listener = await listen(api, "viewer", "?after=0");
  assert.deepEqual((await listener.next())?.data, { reason: "the disk is gone" });
  assert.equal(await listener.next(), null);
});

Deno.test("nobody holds more than twenty streams", async () => {
  await using api = fakeApi(fakePorts(...HOSTS));
  const all = await Promise.all(Array.from({ length: 20 }, () => listen(api, "viewer")));
  assert.equal((await api.ask("viewer", "GET", STREAM)).status, 429);
  await all[0]?.close();
  all[0] = await listen(api, "viewer");
  await Promise.all(all.map((each) => each.close()));
  await until(() => api.ports.events.listeners === 0, "all have gone");
});
