/** What means harm, and what is very many: neither does anything to the console. */
import assert from "node:assert/strict";
import { inPage, overflowPixels } from "../helpers/console/in_page.ts";
import { row } from "../helpers/console/parts.ts";
import { SimulatedFleet } from "../helpers/console/simulated_fleet.ts";
import { PHONE, type Stage, staged, type Visitor } from "../helpers/console/stage.ts";
import { FACTS, heartbeat, HostileHost } from "../helpers/hostile/host.ts";
import { until } from "../helpers/host.ts";
import { madeJoinToken, REPORT_PATHS } from "../../src/protocol/mod.ts";

const MARKUP = `<img src=x onerror="globalThis.hurt=1"><script>globalThis.hurt=1</script>`;
/** Markup, escapes of terminals, a title, a bell, and text that is turned round. */
const EVIL = `${MARKUP}\x1b[31m\x1b]0;gone\x07\u202egnp.exe\u2066`;
const EVIL_NAME = `<img src=x onerror=globalThis.hurt=1>`;
const LONG_LINE = "x".repeat(1_000_000);
/** Wherever one of these is broken into rows, each row says which it is. */
const WIDE_LINES = Array.from({ length: 150 }, (_, at) => `(${at})`.repeat(80));
const HOSTS = 1_000;
/** A bar for what freezes a page, on a machine that may be busy with other things; it is far less on one that is not. */
const MAX_TASK_MS = 1_500;
const MAX_ROWS_THERE = 120;

const { test } = staged({
  listen: "http://127.0.0.1:0",
  managerConfig: `hosts: { max_pending_per_address: ${HOSTS} }\n`,
  hosts: [{
    name: "web-1",
    config: (folder) =>
      `policy: { files: read, terminal: on }
files: { roots: ["${folder}"] }
processes:
  - id: evil
    name: '${MARKUP.replaceAll("'", "")}'
    command: [/bin/sh, -c, 'until [ -e ${folder}/ready ]; do sleep 0.1; done; cat ${folder}/evil.log; exec sleep 100000']
  - id: wide
    command: [/bin/sh, -c, 'until [ -e ${folder}/ready ]; do sleep 0.1; done; cat ${folder}/wide.log; exec sleep 100000']
`,
  }],
  prepare: async (stage) => {
    const folder = `${stage.folder}/web-1`;
    await Deno.writeTextFile(`${folder}/evil.log`, `${EVIL}\n${LONG_LINE}\nafter the long line\n`);
    await Deno.writeTextFile(`${folder}/wide.log`, `${WIDE_LINES.join("\n")}\n`);
    await Deno.writeTextFile(`${folder}/${EVIL_NAME}`, MARKUP);
    await Deno.writeTextFile(`${folder}/${"n".repeat(255)}`, "");
    await Deno.writeTextFile(`${folder}/turned-\u202etxt.exe`, "");
    await Deno.writeTextFile(`${folder}/ready`, "");
    await stage.managed.untilHost("web-1", ({ processes }) => processes.total > 0, "is up");
  },
});

async function joinToken(stage: Stage): Promise<string> {
  const headers = { "content-type": "application/json" };
  const labels = { evil: MARKUP.slice(0, 180) };
  const body = JSON.stringify({ name: crypto.randomUUID(), maxUses: 10, labels });
  const { envelope } = await stage.managed.api("/api/v1/join-tokens", { method: "POST", headers, body });
  return madeJoinToken().parse(envelope.data).secret;
}

/** What an evil text may have done to a page. */
async function isHarmless({ page }: Visitor, where: string): Promise<void> {
  const found = await inPage<string>(
    page,
    `[
      typeof globalThis.hurt === "undefined" ? "" : "a script has run",
      document.querySelector("img, main script, iframe, object") === null ? "" : "there is markup of others",
      /[\\x1b\\u202a-\\u202e\\u2066-\\u2069]/.test(document.body.innerText + document.title) ? "there are signs that turn text" : "",
    ].filter(Boolean).join()`,
  );
  assert.equal(found, "", where);
  assert.equal(await overflowPixels(page), 0, `${where} is not too wide`);
}

async function seeAll(stage: Stage, visitor: Visitor, hostName: string): Promise<void> {
  const { page, go } = visitor;
  const look = async (path: string, text: string) => {
    await go(path);
    await page.getByText(text, { exact: false }).filter({ visible: true }).first().waitFor();
    await isHarmless(visitor, path);
  };
  const host = `/hosts/${encodeURIComponent(hostName)}`;
  await look("/hosts", "<img");
  for (const tab of ["", "/processes", "/events", "/settings", "/files", "/terminal"]) {
    await look(`${host}${tab}`, "<img");
  }
  await look("/processes", "<img");
  await look("/events", "Events");
  await look("/hosts/web-1/processes", "<img");
  await look("/hosts/web-1/processes?open=evil", "How it is run");
  await look("/hosts/web-1/files", "<img");
  await look("/logs", "<img");
  await go("/logs?host=web-1&process=evil");
  // A followed log is at its end, however many rows its long line takes.
  await until(() => isInSight(visitor, "after the long line"), "the end of a log is in sight");
  await isHarmless(visitor, "the end of a log");
  await page.evaluate(`document.querySelector(".lines").scrollTop = 0`);
  await page.locator(".lines").getByText("<img").first().waitFor();
  await isHarmless(visitor, "the beginning of a log");
  await look("/logs/search?pattern=globalThis", "<img");
  await look(`/hosts/web-1/files?file=${encodeURIComponent(EVIL_NAME)}`, "<script>");
  assert.equal((await stage.managed.hosts()).length >= 2, true);
}

/** Whether the last row of the lines says this, and can be seen without going anywhere. */
async function isInSight({ page }: Visitor, text: string): Promise<boolean> {
  return await inPage(
    page,
    `(() => {
      const lines = document.querySelector(".lines");
      const last = [...lines?.querySelectorAll(".line") ?? []].at(-1);
      return last?.innerText.includes(${JSON.stringify(text)}) === true &&
        last.getBoundingClientRect().bottom <= lines.getBoundingClientRect().bottom + 1;
    })()`,
  );
}

/** What the first row in sight says, of the lines that are wide. */
async function topLine({ page }: Visitor): Promise<string> {
  return await inPage(
    page,
    `(() => {
      const lines = document.querySelector(".lines");
      const { top } = lines.getBoundingClientRect();
      const row = [...lines.querySelectorAll(".line")].find((each) => each.getBoundingClientRect().bottom > top + 1);
      return /\\(\\d+\\)/.exec(row?.innerText ?? "")?.[0] ?? "";
    })()`,
  );
}

for (const size of [{ width: 1_440, height: 900 }, PHONE]) {
  test(
    `hostile names, labels, reasons, files and lines are text alone, at ${size.width} pixels`,
    async (stage, visitor) => {
      const name = `<img ${size.width} onerror=hurt=1>`;
      const mallory = await HostileHost.join(stage.url, await joinToken(stage), name);
      const data = { processes: [{ id: "p", name: LONG_LINE, state: EVIL, reason: EVIL, labels: { a: EVIL } }] };
      // Whatever it is asked for, what it says is not what was asked for.
      using session = await mallory.connect(() => Response.json({ code: 0, msg: "ok", data }));
      const brief = {
        id: "p",
        name: EVIL,
        state: "running",
        sinceMs: 1,
        reason: EVIL,
        restarts: 0,
        labels: { a: MARKUP },
      };
      const report = heartbeat({
        state: "degraded",
        reason: EVIL,
        facts: { ...FACTS, hostname: EVIL, osName: MARKUP, kernel: MARKUP, policy: { terminal: "on", files: "write" } },
        processes: [brief],
      });
      const told = await session.report(REPORT_PATHS.heartbeat, report);
      assert.equal(told.status, 200, told.msg);
      const { name: given } = (await stage.managed.hosts()).find(({ id }) => id === mallory.hostId) ?? { name: "" };
      await seeAll(stage, visitor, given);
    },
    size,
  );
}

test(
  "a window of another size shows the end of a log that is followed, or else what was read",
  async (_stage, visitor) => {
    const { page, go } = visitor;
    const last = ")";
    const sizes = [{ width: 800, height: 500 }, { width: 500, height: 900 }, PHONE];
    await go("/logs?host=web-1&process=wide");
    await until(() => isInSight(visitor, last), "the end is in sight");
    const rowsAtFirst = await page.evaluate<number>(`document.querySelector(".lines").scrollHeight`);
    for (const size of sizes) {
      await page.setViewportSize(size);
      await until(() => isInSight(visitor, last), `the end is in sight at ${size.width} pixels`);
    }
    await page.evaluate(`document.querySelector(".lines").scrollTop = ${Math.round(rowsAtFirst / 2)}`);
    await page.getByRole("button", { name: "To the newest" }).waitFor();
    const read = await topLine(visitor);
    assert.match(read, /^\(\d+\)$/);
    for (const size of sizes) {
      await page.setViewportSize(size);
      await until(async () => await topLine(visitor) === read, `${read} is still at the top at ${size.width} pixels`);
    }
    await page.getByRole("button", { name: "Wrap", exact: true }).click();
    await until(async () => await topLine(visitor) === read, `${read} is at the top where nothing is broken`);
  },
  PHONE,
);

test("a thousand hosts are shown, searched and scrolled through without a pause", async (stage, { page, go }) => {
  await using _ = await SimulatedFleet.join(stage, HOSTS);
  await go("/hosts");
  await page.getByRole("button", { name: /^1,?\d{3} online/ }).waitFor();
  await inPage(
    page,
    `globalThis.longTasks = []; new PerformanceObserver((list) =>
      longTasks.push(...list.getEntries().map(({ duration }) => duration))).observe({ type: "longtask" }); 0`,
  );
  const scroller = page.locator(".table-rows").first();
  await scroller.hover();
  const last = () => page.locator("[role=grid], .table").first().getAttribute("aria-rowcount");
  const total = Number(await last());
  assert.ok(total > HOSTS, `${total} rows`);
  const isAtEnd = async () => await page.locator(`.table-row[aria-rowindex="${total}"]`).count() > 0;
  let most = 0;
  for (let step = 0; step < 400 && !await isAtEnd(); step++) {
    await page.mouse.wheel(0, 1_200);
    most = Math.max(most, await page.locator(".table-rows .table-row").count());
  }
  await until(isAtEnd, "the last row is there");
  assert.ok(most < MAX_ROWS_THERE, `${most} rows are there at a time`);
  await page.getByRole("searchbox", { name: "Search hosts" }).fill("web-1");
  await row(page, "web-1").waitFor();
  const tasks = await inPage<number[]>(page, "longTasks");
  const worstMs = Math.round(Math.max(0, ...tasks));
  assert.ok(worstMs < MAX_TASK_MS, `it stood still for ${worstMs} ms; all: ${tasks.map(Math.round)}`);
});
