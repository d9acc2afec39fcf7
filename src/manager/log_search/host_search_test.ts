import assert from "node:assert/strict";
import * as fc from "fast-check";
import { FakeClock, settle } from "../../../tests/helpers/fake_clock.ts";
import { AppError } from "../../core/mod.ts";
import type { SearchEnd, SearchLine, SearchMatch } from "../../protocol/mod.ts";
import { searchHost } from "./host_search.ts";

const never = new AbortController().signal;
const MATCH: SearchMatch = {
  type: "match",
  process: "P",
  processId: "p",
  file: "stdout",
  at: 3,
  text: "an error",
  timeMs: 9,
};
const END: SearchEnd = { type: "end", matches: 1, scannedBytes: 10, files: 1 };
const NDJSON = { "content-type": "application/x-ndjson; charset=utf-8" };

const linesOf = (...lines: readonly unknown[]) => lines.map((line) => `${JSON.stringify(line)}\n`).join("");
const answer = (body: BodyInit) => new Response(body, { headers: NDJSON });

interface Asked {
  readonly lines: SearchLine[];
  readonly end?: SearchEnd;
  readonly error?: AppError;
}

async function ask(
  give: (request: Request) => Response | Promise<Response>,
  { clock = new FakeClock(), signal = never, limit = 100 } = {},
): Promise<Asked> {
  const hosts = { fetch: (_: string, request: Request) => Promise.try(give, request) };
  const query = new URLSearchParams({ pattern: "err" });
  const searching = searchHost(
    "h",
    { hosts, clock, query, actor: "ada ü", requestId: "r-1", timeoutMs: 30_000, limit },
    signal,
  );
  const lines: SearchLine[] = [];
  try {
    for (;;) {
      const { done, value } = await searching.next();
      if (done === true) return { lines, end: value };
      lines.push(value);
    }
  } catch (error) {
    assert.ok(error instanceof AppError, String(error));
    return { lines, error };
  } finally {
    await settle();
    assert.equal(clock.sleeping, 0, "no timer is left");
  }
}

Deno.test("the host is asked for its own search, in the name of who asks, and its lines come one by one", async () => {
  let request: Request | undefined;
  const { lines, end, error } = await ask((asked) => {
    request = asked;
    return answer(linesOf(MATCH, { type: "progress", scannedBytes: 5, files: 1, matches: 1, reachedMs: 4 }, END));
  });
  assert.equal(error, undefined);
  assert.deepEqual([lines.map(({ type }) => type), end], [["match", "progress"], END]);
  assert.equal(request?.url, "http://tunnel/v1/logs/search?pattern=err");
  assert.equal(request?.headers.get("x-farhand-caller"), "ada%20%C3%BC");
  assert.equal(request?.headers.get("x-request-id"), "r-1");
});

Deno.test("what is no search's answer is that host's failure, whatever it is", async () => {
  const envelope = (code: number, msg: string, status: number) => Response.json({ code, msg, data: null }, { status });
  const endless = () =>
    new ReadableStream({ pull: (controller) => controller.enqueue(new Uint8Array(1024 * 1024).fill(97)) });
  const cases:
    readonly (readonly [name: string, give: () => Response | Promise<Response>, code: string, words: RegExp])[] = [
      [
        "offline",
        () => Promise.reject(new AppError("host_offline", "h is not connected")),
        "host_offline",
        /not connected/,
      ],
      ["a refusal", () => envelope(10005, "no process \u001b[31mx", 404), "not_found", /no process/],
      ["its limits", () => envelope(10009, "4 searches run", 429), "rate_limited", /4 searches/],
      ["a page", () => new Response("<html>", { status: 502 }), "unavailable", /HTTP 502/],
      ["an envelope in place of lines", () => envelope(0, "ok", 200), "unavailable", /HTTP 200/],
      ["nothing", () => new Response(null, { headers: NDJSON }), "unavailable", /nothing/],
      ["no end", () => answer(linesOf(MATCH)), "unavailable", /broke off/],
      ["no JSON", () => answer("garbage\n"), "unavailable", /not what a search answers/],
      ["no lines of a search", () => answer(linesOf({ type: "match", text: 5 })), "unavailable", /not what/],
      ["a line without end", () => answer(endless()), "unavailable", /characters/],
      ["more than was asked for", () => answer(linesOf(...Array(101).fill(MATCH))), "unavailable", /more matches/],
      ["what breaks", () => Promise.reject(new Error("boom")), "internal", /boom/],
    ];
  for (const [name, give, code, words] of cases) {
    let thrown: unknown;
    const { error } = await ask(give).catch((error) => ({ error: thrown = error }));
    if (code === "internal") assert.match(String(thrown), words);
    else {
      assert.equal((error as AppError | undefined)?.code, code, name);
      assert.match((error as AppError).message, words, name);
    }
  }
});

Deno.test("a host that is silent is given up, before and within its answer", async () => {
  for (const give of [() => new Promise<Response>(() => {}), () => answer(new ReadableStream())]) {
    const clock = new FakeClock();
    let wasAborted = false;
    const asked = ask((request) => {
      request.signal.addEventListener("abort", () => wasAborted = true);
      return Promise.race([
        give(),
        new Promise<Response>((_, reject) =>
          request.signal.addEventListener("abort", () => reject(request.signal.reason))
        ),
      ]);
    }, { clock });
    await clock.advance(14_999);
    await clock.advance(1);
    const { error } = await asked;
    assert.deepEqual([error?.code, error?.message], ["timeout", "it was silent for 15 s"]);
    assert.equal(wasAborted, true);
  }
});

Deno.test("a host that goes on and on is ended", async () => {
  const clock = new FakeClock();
  let isLeft = false;
  const body = new ReadableStream({
    async pull(controller) {
      await clock.sleep(1_000, never);
      controller.enqueue(
        new TextEncoder().encode(linesOf({ type: "progress", scannedBytes: 1, files: 1, matches: 0 })),
      );
    },
    cancel: () => void (isLeft = true),
  });
  const hosts = { fetch: () => Promise.resolve(answer(body)) };
  const options = {
    hosts,
    clock,
    query: new URLSearchParams(),
    actor: "a",
    requestId: "r",
    timeoutMs: 30_000,
    limit: 5,
  };
  const ended = assert.rejects(async () => {
    for await (const _ of searchHost("h", options, never));
  }, { code: "timeout", message: "it did not end in time" });
  await clock.advance(60_000);
  await ended;
  assert.equal(isLeft, true);
});

Deno.test("who leaves ends it at the host", async () => {
  const leaving = new AbortController();
  const asked = ask(
    (request) =>
      new Promise((_, reject) => request.signal.addEventListener("abort", () => reject(request.signal.reason))),
    {
      signal: leaving.signal,
    },
  );
  leaving.abort(new AppError("cancelled", "enough"));
  assert.equal((await asked).error?.code, "cancelled");
});

Deno.test("no bytes make it fail otherwise than foreseen", async () => {
  await fc.assert(fc.asyncProperty(fc.array(fc.oneof(fc.json(), fc.string())), async (lines) => {
    const { error, end } = await ask(() => answer(`${lines.join("\n")}\n`));
    assert.ok(end !== undefined || error?.code === "unavailable");
  }));
});
