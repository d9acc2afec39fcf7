import assert from "node:assert/strict";
import { FakeClock, settle } from "../../../tests/helpers/fake_clock.ts";
import { AppError } from "../../core/mod.ts";
import type { FleetSearchEnd, FleetSearchLine, FleetSearchMatch, SearchHost } from "../../protocol/mod.ts";
import { FleetSearch, type FleetSearchRequest } from "./fleet_search.ts";

const never = new AbortController().signal;
const NOW = Date.UTC(2026, 0, 31);
const NDJSON = { "content-type": "application/x-ndjson" };

const matchLine = (timeMs: number, text: string) => ({
  type: "match",
  process: "P",
  processId: "p",
  file: "stdout",
  at: timeMs,
  text,
  timeMs,
});
const endLine = (matches: number, more = {}) => ({ type: "end", matches, scannedBytes: 1_000, files: 2, ...more });
const answer = (...lines: readonly unknown[]) =>
  new Response(lines.map((line) => `${typeof line === "string" ? line : JSON.stringify(line)}\n`).join(""), {
    headers: NDJSON,
  });

type Give = (hostId: string, signal: AbortSignal) => Response | Promise<Response>;

/** Hosts of these ids, and what is known of the requests to them. */
class Fleet {
  readonly clock = new FakeClock(NOW);
  readonly asked: string[] = [];
  open = 0;
  mostOpen = 0;
  readonly #ids: readonly string[];
  readonly #give: Give;

  constructor(count: number, give: Give) {
    this.#ids = Array.from({ length: count }, (_, index) => `h${index}`);
    this.#give = give;
  }

  run(more: Partial<FleetSearchRequest> = {}, signal: AbortSignal = never): AsyncGenerator<FleetSearchLine, void> {
    const hosts = {
      fetch: async (hostId: string, { signal }: Request) => {
        this.asked.push(hostId);
        this.mostOpen = Math.max(this.mostOpen, ++this.open);
        try {
          const aborted = new Promise<never>((_, reject) =>
            signal.addEventListener("abort", () => reject(signal.reason))
          );
          return await Promise.race([Promise.try(this.#give, hostId, signal), aborted]);
        } finally {
          this.open--;
        }
      },
    };
    const request: FleetSearchRequest = {
      hosts: this.#ids.map((id) => ({ id, name: `name of ${id}` })),
      query: new URLSearchParams({ pattern: "x" }),
      ...{ limit: 10_000, timeoutMs: 30_000, actor: "ada", requestId: "r", maySee: () => true },
      ...more,
    };
    return new FleetSearch(request, { hosts, clock: this.clock }).run(signal);
  }
}

/** Takes all lines, while the clock goes on. */
async function all(fleet: Fleet, lines: AsyncGenerator<FleetSearchLine, void>): Promise<FleetSearchLine[]> {
  const found: FleetSearchLine[] = [];
  let isDone = false;
  const reading = (async () => {
    for await (const line of lines) found.push(line);
  })().finally(() => isDone = true);
  while (!isDone) await fleet.clock.advance(100);
  await reading;
  assert.equal(fleet.clock.sleeping, 0, "no timer is left");
  assert.equal(fleet.open, 0, "no request is left");
  return found;
}

const matchesOf = (lines: readonly FleetSearchLine[]) =>
  lines.filter((line): line is FleetSearchMatch => line.type === "match");
const endOf = (lines: readonly FleetSearchLine[]) => lines.at(-1) as FleetSearchEnd;
const lastStates = (lines: readonly FleetSearchLine[]) =>
  new Map(lines.filter((line): line is SearchHost => line.type === "host").map((line) => [line.hostId, line]));

Deno.test("a hundred hosts are searched, some dozen at a time, and each that is in trouble is told of", async () => {
  const fleet = new Fleet(100, (id) => {
    const number = Number(id.slice(1));
    if (number % 10 === 3) throw new AppError("host_offline", `${id} is not connected`);
    if (number % 10 === 5) return new Promise(() => {});
    if (number % 10 === 7) return answer("<html>garbage");
    if (number % 10 === 9) {
      return Response.json({ code: 10005, msg: "There is no process", data: null }, { status: 404 });
    }
    return answer(matchLine(NOW - number, `b${number}`), matchLine(NOW - 1_000 - number, `a${number}`), endLine(2));
  });
  const lines = await all(fleet, fleet.run());
  assert.ok(fleet.mostOpen <= 32);
  assert.equal(fleet.asked.length, 100);
  const end = endOf(lines);
  assert.deepEqual(end.states, { done: 60, offline: 10, failed: 20, skipped: 10 });
  assert.deepEqual([end.type, end.matches, end.hosts, end.incomplete], ["end", 120, 100, "hosts"]);
  assert.deepEqual([end.scannedBytes, end.files], [60_000, 120]);
  const states = lastStates(lines);
  assert.match(states.get("h3")?.message ?? "", /not connected/);
  assert.match(states.get("h5")?.message ?? "", /silent/);
  assert.match(states.get("h7")?.message ?? "", /not what a search answers/);
  assert.match(states.get("h9")?.message ?? "", /no process/);
  assert.deepEqual(states.get("h4"), {
    ...{ type: "host", host: "name of h4", hostId: "h4", state: "done", matches: 2, scannedBytes: 1_000, files: 2 },
  });
  const found = matchesOf(lines);
  assert.equal(found.length, 120);
  assert.equal(found[0]?.host, `name of ${found[0]?.hostId}`);
  // Those that came before any host was silent for long are in order.
  const early = found.filter(({ late }) => late === undefined).map(({ timeMs = 0 }) => timeMs);
  assert.deepEqual(early, early.toSorted((a, b) => b - a));
});

Deno.test("matches of hosts that answer come in one order, and the newest of all are enough", async () => {
  const fleet = new Fleet(40, (id) => {
    const number = Number(id.slice(1));
    const lines = Array.from({ length: 50 }, (_, index) => matchLine(NOW - 1 - index * 40 - number, `${id} ${index}`));
    return answer(...lines, endLine(50, { incomplete: "limit", reachedMs: NOW - 3_000 }));
  });
  const lines = await all(fleet, fleet.run({ limit: 100 }));
  const end = endOf(lines);
  const found = matchesOf(lines).map(({ timeMs = 0 }) => timeMs).toSorted((a, b) => b - a).slice(0, 100);
  assert.deepEqual(found, Array.from({ length: 100 }, (_, index) => NOW - 1 - index));
  assert.equal(end.incomplete, "limit");
});

Deno.test("once there are enough newer matches, hosts that are behind are stopped, and those that wait have their turn", async () => {
  const fleet = new Fleet(60, (id) => {
    if (id === "h0") {
      return answer(...Array.from({ length: 10 }, (_, index) => matchLine(NOW - index, "x")), endLine(10));
    }
    const body = new ReadableStream({
      start(controller) {
        controller.enqueue(new TextEncoder().encode(
          `${JSON.stringify({ type: "progress", scannedBytes: 5, files: 1, matches: 0, reachedMs: NOW - 50 })}\n`,
        ));
      },
    });
    return new Response(body, { headers: NDJSON });
  });
  const lines = await all(fleet, fleet.run({ limit: 10 }));
  const end = endOf(lines);
  assert.deepEqual(end.states, { done: 1, cancelled: 59 });
  assert.deepEqual([end.matches, end.incomplete], [10, "limit"]);
  assert.equal(fleet.asked.length, 60);
});

Deno.test("who leaves ends it on all hosts, and nothing is left", async () => {
  const fleet = new Fleet(50, () => new Promise(() => {}));
  const lines = fleet.run();
  assert.equal((await lines.next()).value?.type, "host");
  assert.equal(fleet.open, 32);
  await lines.return();
  await settle();
  assert.deepEqual([fleet.open, fleet.asked.length, fleet.clock.sleeping], [0, 32, 0]);
});

Deno.test("a signal ends it too, with its reason", async () => {
  const leaving = new AbortController();
  const fleet = new Fleet(3, () => new Promise(() => {}));
  const lines = fleet.run({}, leaving.signal);
  const ended = assert.rejects(Array.fromAsync(lines), /permission/);
  await settle();
  leaving.abort(new AppError("unauthorized", "the permission has ended"));
  await ended;
  assert.deepEqual([fleet.open, fleet.clock.sleeping], [0, 0]);
});

Deno.test("a reader who takes nothing makes nobody wait, and no more is kept for him than is wanted", async () => {
  let taken = 0;
  const fleet = new Fleet(9, () => {
    let sent = 0;
    const body = new ReadableStream({
      pull(controller) {
        const time = NOW - sent++;
        if (sent > 1_000) {
          taken++;
          controller.enqueue(new TextEncoder().encode(`${JSON.stringify(endLine(1_000))}\n`));
          return controller.close();
        }
        controller.enqueue(new TextEncoder().encode(`${JSON.stringify(matchLine(time, "x".repeat(20_000)))}\n`));
      },
    });
    return new Response(body, { headers: NDJSON });
  });
  const lines = fleet.run();
  await lines.next();
  for (let turn = 0; taken < 9 && turn < 100_000; turn++) await settle();
  assert.equal(taken, 9, "all hosts have come to their ends");
  const rest = await all(fleet, lines);
  assert.equal(endOf(rest).incomplete, "size");
  assert.ok(matchesOf(rest).length < 1_000);
});

Deno.test("a host that is not the asker's to see any more is not asked", async () => {
  const fleet = new Fleet(40, () => answer(endLine(0)));
  const lines = await all(fleet, fleet.run({ maySee: (id) => id !== "h39" }));
  assert.equal(lastStates(lines).get("h39")?.state, "skipped");
  assert.equal(fleet.asked.includes("h39"), false);
});

Deno.test("however many hosts hang, it ends, and says which were not asked", async () => {
  const fleet = new Fleet(1_000, () => {
    const body = new ReadableStream({
      async pull(controller) {
        await fleet.clock.sleep(10_000, never);
        controller.enqueue(
          new TextEncoder().encode(`${JSON.stringify({ type: "progress", scannedBytes: 1, files: 1, matches: 0 })}\n`),
        );
      },
    });
    return new Response(body, { headers: NDJSON });
  });
  const found: FleetSearchLine[] = [];
  const reading = (async () => {
    for await (const line of fleet.run({ timeoutMs: 600_000 })) found.push(line);
  })();
  let isDone = false;
  void reading.finally(() => isDone = true);
  while (!isDone) await fleet.clock.advance(10_000);
  await reading;
  const { states, incomplete } = endOf(found);
  assert.deepEqual([states, incomplete], [{ failed: 1_000 }, "hosts"]);
  assert.ok(fleet.asked.length < 100);
  assert.ok(found.some(({ type }) => type === "progress"));
});

Deno.test("without hosts there is nothing to be found", async () => {
  const fleet = new Fleet(0, () => answer());
  const lines = await all(fleet, fleet.run());
  assert.deepEqual(lines, [{ type: "end", matches: 0, scannedBytes: 0, files: 0, hosts: 0, states: {} }]);
});
