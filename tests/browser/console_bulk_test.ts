/**
 * What is done to many at once, who may do it, and what takes long: in a browser, against a manager with a host
 * that lets it, one that refuses and one that is away.
 */
import assert from "node:assert/strict";
import type { Locator, Page } from "playwright-core";
import { inPage } from "../helpers/console/in_page.ts";
import { openDialog, row } from "../helpers/console/parts.ts";
import { type Stage, staged } from "../helpers/console/stage.ts";
import { FACTS, HostileHost } from "../helpers/hostile/host.ts";
import { until } from "../helpers/host.ts";
import { PASSWORD } from "../helpers/managed.ts";
import { visible } from "../../src/console/kit/safe_text.ts";
import { madeJoinToken } from "../../src/protocol/mod.ts";

const MARKUP_NAME = "<img src=x onerror=globalThis.hurt=1>";
const TURNED_NAME = "turned-\u202etxt.exe";
const LINES_NAME = "two\nlines";
/** As long as a name can be, in bytes: 127 characters of two, and one. */
const LONG_NAME = `${"é".repeat(127)}x`;
const FILES = 10_000;
const AWAY = /^(offline|unreachable)$/;
/** So that a search of it is not over before somebody can cancel it, on any machine; packed it takes 20 MB. */
const LOG_BYTES = 3_200_000_000;
const PART_BYTES = 8_000_000;
/** A bar for what freezes a page, on a machine that may be busy with other things; it is far less on one that is not. */
const MAX_TASK_MS = 1_500;
const MAX_ROWS_THERE = 120;

const { test } = staged({
  listen: "http://127.0.0.1:0",
  hosts: [
    {
      name: "web-1",
      labels: ["env=prod"],
      config: (folder) =>
        `policy: { exec: on, files: write }
files: { roots: ["${folder}"] }
processes:
  - { id: old, command: [/bin/sleep, "100000"], log_paths: ["${folder}/logs/old.log"] }
`,
    },
    { name: "closed-1", labels: ["env=prod"] },
  ],
  prepare: async (stage) => {
    await Promise.all([writeLogs(`${stage.folder}/web-1/logs`), writeFiles(`${stage.folder}/web-1/many`)]);
    await beAway(stage, "away-1");
    await stage.managed.untilHost("web-1", ({ processes }) => processes.total > 0, "is up");
  },
});

/** One that was there, said that commands may be run on it, and is gone. */
async function beAway(stage: Stage, name: string): Promise<void> {
  const headers = { "content-type": "application/json" };
  const body = JSON.stringify({ name, labels: { env: "prod" } });
  const { envelope } = await stage.managed.api("/api/v1/join-tokens", { method: "POST", headers, body });
  const host = await HostileHost.join(stage.url, madeJoinToken().parse(envelope.data).secret, name);
  const { newcomer } = await host.present((proof) => ({ ...proof, facts: { ...FACTS, policy: { exec: "on" } } }));
  newcomer.socket.close();
}

/** The newest line is what is looked for; then come gigabytes in which it is not. */
async function writeLogs(folder: string): Promise<void> {
  await Deno.mkdir(folder);
  const line = "2026-01-01T00:00:00.000Z INFO [worker-1] connection refused by peer id=12345 abcdefghijklmnop\n";
  const part = new Blob([line.repeat(PART_BYTES / line.length)]).stream().pipeThrough(new CompressionStream("gzip"));
  const packed = await new Response(part).bytes();
  using file = await Deno.open(`${folder}/old.log.1.gz`, { write: true, createNew: true });
  for (let bytes = 0; bytes < LOG_BYTES; bytes += PART_BYTES) await file.write(packed);
  await Deno.writeTextFile(`${folder}/old.log`, "the newest needle\n");
}

async function writeFiles(folder: string): Promise<void> {
  await Deno.mkdir(folder);
  for (let n = 0; n < FILES; n++) Deno.writeTextFileSync(`${folder}/file-${n}.txt`, n === 7 ? "x".repeat(4_096) : "");
  const odd = `${folder}-odd`;
  await Deno.mkdir(odd);
  for (const name of [MARKUP_NAME, TURNED_NAME, LINES_NAME, LONG_NAME]) {
    await Deno.writeTextFile(`${odd}/${name}`, name);
  }
  // Names that are no text at all; two of them look the same to whoever reads them as text.
  const script =
    'cd "$1" && : >"$(printf "bad-\\377")" && : >"$(printf "bad-\\376")" && : >"$(printf "bad-\\357\\277\\275")"';
  const { success } = await new Deno.Command("/bin/sh", { args: ["-c", script, "sh", odd] }).output();
  assert.ok(success);
}

async function select(page: Page, names: readonly string[]): Promise<void> {
  for (const name of names) await row(page, name).getByRole("checkbox").check();
}

const closeDialog = (dialog: Locator) => dialog.getByRole("button", { name: "Close", exact: true }).last().click();

test("a command runs on the chosen hosts: who gets it, who refuses, who is away, what each says", async (
  _stage,
  { page, go },
) => {
  await go("/hosts");
  await row(page, "away-1").getByText(AWAY).first().waitFor();
  await select(page, ["web-1", "away-1", "closed-1"]);
  await page.getByRole("button", { name: "Run command" }).click();
  const dialog = openDialog(page);
  await dialog.getByText("Run a command on 3 hosts").waitFor();
  const targets = dialog.getByRole("list", { name: "Targets" });
  await targets.getByText("web-1").waitFor();
  assert.match(await targets.innerText(), /away-1\s+(offline|unreachable)/);
  assert.match(
    await dialog.getByRole("list", { name: "Left out" }).innerText(),
    /closed-1\s+The host's own policy has exec off/,
  );
  await dialog.getByLabel("Runs as").selectOption({ label: "Script of sh" });
  await dialog.getByLabel("Command", { exact: true }).fill('echo "done by $((40 + 2))"; echo trouble >&2');
  await dialog.getByRole("button", { name: "Run command" }).click();
  await page.waitForURL(/\/tasks\?batch=/);
  await row(page, "web-1").getByText("done", { exact: true }).waitFor();
  await row(page, "web-1").getByText("done by 42").waitFor();
  await row(page, "away-1").getByText("queued", { exact: true }).waitFor();
  await page.getByText("1/2", { exact: true }).waitFor();
  await row(page, "web-1").getByText("done by 42").click();
  await page.getByRole("region", { name: "Output" }).getByText("done by 42").waitFor();
  await page.getByRole("region", { name: "Errors" }).getByText("trouble").waitFor();
});

test("who is asked all the same and refuses is shown with why; what waits for a host can be cancelled", async (
  _stage,
  { page, go },
) => {
  await go(`/tasks?new=${encodeURIComponent("env=prod")}`);
  const dialog = openDialog(page);
  await dialog.getByLabel("Command", { exact: true }).fill("echo hello");
  await dialog.getByRole("button", { name: "Preview" }).click();
  await dialog.getByText("This will run on 3 hosts").waitFor();
  await dialog.getByText("1 will refuse: its owner has policy.exec off").waitFor();
  await dialog.getByText(/1 is away now/).waitFor();
  await dialog.getByRole("button", { name: "Run on 3 hosts" }).click();
  await row(page, "web-1").getByText("hello").waitFor();
  await row(page, "closed-1").getByText("failed", { exact: true }).waitFor();
  await row(page, "closed-1").getByText(/policy/).waitFor();
  await page.getByRole("button", { name: "Cancel the open ones" }).click();
  const cancelling = openDialog(page);
  await cancelling.getByText("away-1").waitFor();
  await cancelling.getByRole("button", { name: /^Cancel/ }).last().click();
  await cancelling.getByText("All 1 done").waitFor();
  await closeDialog(cancelling);
  await row(page, "away-1").getByText("cancelled", { exact: true }).waitFor();
});

test("an API token works from when it is shown until it is revoked, and is shown once", async (stage, { page, go }) => {
  await go("/people?tab=tokens");
  await page.getByRole("button", { name: "New API token" }).click();
  const dialog = openDialog(page);
  await dialog.getByLabel("Name").fill("deployer");
  await dialog.getByRole("button", { name: "Create" }).click();
  const secret = (await dialog.getByRole("region", { name: "Secret" }).innerText()).trim();
  const hosts = async () => {
    const answer = await fetch(`${stage.url}/api/v1/hosts`, { headers: { authorization: `Bearer ${secret}` } });
    await answer.body?.cancel();
    return answer.status;
  };
  assert.equal(await hosts(), 200);
  await dialog.getByRole("button", { name: "Done" }).click();
  await row(page, "deployer").waitFor();
  assert.equal((await inPage<string>(page, "document.documentElement.outerHTML")).includes(secret), false);
  await page.reload();
  await row(page, "deployer").getByText("viewer").waitFor();
  await row(page, "deployer").getByRole("button", { name: "Revoke…" }).click();
  const revoking = openDialog(page);
  await revoking.getByRole("button", { name: "Revoke", exact: true }).click();
  await revoking.getByText("All 1 done").waitFor();
  await closeDialog(revoking);
  await row(page, "deployer").waitFor({ state: "detached" });
  assert.equal(await hosts(), 401);
});

test("a join token lets its hosts in until it is revoked", async (stage, { page, go }) => {
  await go("/join");
  await page.getByRole("button", { name: "New join token" }).click();
  const dialog = openDialog(page);
  await dialog.getByLabel("Name").fill("for the rack");
  await dialog.getByLabel("How many hosts").fill("5");
  await dialog.getByRole("button", { name: "Make the token" }).click();
  const secret = (await dialog.getByRole("region", { name: "The secret alone" }).innerText()).trim();
  await dialog.getByRole("button", { name: "Done" }).click();
  await row(page, "for the rack").getByText("0 of 5").waitFor();
  const rack = await HostileHost.join(stage.url, secret, "rack-1");
  assert.ok((await stage.managed.hosts()).some(({ id }) => id === rack.hostId));
  await row(page, "for the rack").getByRole("button", { name: "Revoke" }).click();
  const revoking = openDialog(page);
  await revoking.getByRole("button", { name: "Revoke", exact: true }).click();
  await revoking.getByText("All 1 done").waitFor();
  await closeDialog(revoking);
  await row(page, "for the rack").getByText("revoked", { exact: true }).waitFor();
  await row(page, "for the rack").getByText("1 of 5").waitFor();
  assert.equal((await inPage<string>(page, "document.documentElement.outerHTML")).includes(secret), false);
  await assert.rejects(HostileHost.join(stage.url, secret, "rack-2"));
});

test("a user is made, gets another role, is disabled and removed; what is open of that user ends", async (
  stage,
  { page, go },
) => {
  const act = async (what: string) => {
    await page.getByRole("button", { name: "Open eve" }).click();
    await openDialog(page).getByRole("button", { name: what, exact: true }).click();
    return openDialog(page);
  };
  await go("/people");
  await page.getByRole("button", { name: "New user" }).click();
  await openDialog(page).getByLabel("Name").fill("eve");
  await openDialog(page).getByLabel("Password", { exact: false }).fill(PASSWORD);
  await openDialog(page).getByRole("button", { name: "Create" }).click();
  await row(page, "eve").getByText("viewer").waitFor();
  await using eve = await stage.visit({ user: "eve" });
  await eve.go("/tasks");
  const isRefused = async () => await eve.page.getByRole("button", { name: "New task" }).getAttribute("aria-disabled");
  assert.equal(await isRefused(), "true");
  const editing = await act("Change…");
  await editing.getByLabel("Role").selectOption("operator");
  await editing.getByText("Role: viewer → operator").waitFor();
  await editing.getByRole("button", { name: "Save" }).click();
  await row(page, "eve").getByText("operator").waitFor();
  await until(async () => await isRefused() !== "true", "the page of eve has the new rights");
  await openDialog(page).getByRole("button", { name: "Disable…" }).click();
  const disabling = openDialog(page);
  await disabling.getByRole("button", { name: "Disable", exact: true }).click();
  await disabling.getByText("All 1 done").waitFor();
  await closeDialog(disabling);
  await eve.page.waitForURL(/\/login/);
  assert.equal((await eve.ask("GET", "/api/v1/hosts")).status, 401);
  await openDialog(page).getByRole("button", { name: "Remove…" }).click();
  const removing = openDialog(page);
  await removing.getByLabel("Type eve to confirm").fill("eve");
  await removing.getByRole("button", { name: "Remove", exact: true }).click();
  await removing.getByText("All 1 done").waitFor();
  await closeDialog(removing);
  await row(page, "eve").waitFor({ state: "detached" });
});

test("a long search is cancelled: what was found stays, and the host has stopped", async (stage, { page, go }) => {
  const pid = await stage.host("web-1").pid();
  const isReading = () => openFilesOf(pid).some((path) => path.endsWith("/old.log.1.gz"));
  await go("/logs/search");
  await page.getByLabel("Find", { exact: true }).fill("needle|([a-z]+ )+zz");
  await page.getByLabel("Regex").check();
  await page.getByLabel("Hosts", { exact: true }).fill("web-1");
  await page.getByLabel("When", { exact: true }).selectOption("all");
  await page.getByRole("button", { name: "Search", exact: true }).click();
  const found = page.getByRole("region", { name: "What was found" });
  await found.getByText("the newest needle").waitFor();
  assert.ok(isReading(), "the host looks through the old log");
  await page.getByRole("button", { name: "Cancel", exact: true }).click();
  await page.getByText("Cancelled; what was found until then is shown").waitFor();
  await until(() => Promise.resolve(!isReading()), "the host has let go of the log");
  await found.getByText("the newest needle").waitFor();
  await page.getByRole("status").getByText("1 match", { exact: true }).waitFor();
  await page.getByRole("button", { name: "Search", exact: true }).waitFor();
});

test("a folder of ten thousand files is sorted, filtered and scrolled through without a pause", async (
  stage,
  { page, go },
) => {
  await go(`/hosts/web-1/files?path=${encodeURIComponent(`${stage.folder}/web-1/many`)}`);
  await page.getByText(/10,?000 entries/).waitFor();
  await inPage(
    page,
    `globalThis.longTasks = []; new PerformanceObserver((list) =>
      longTasks.push(...list.getEntries().map(({ duration }) => duration))).observe({ type: "longtask" }); 0`,
  );
  await row(page, "file-0.txt").waitFor();
  await page.getByRole("button", { name: "Size" }).click();
  await page.locator('.table-row[aria-rowindex="2"]').getByText("file-7.txt", { exact: true }).waitFor();
  await page.getByRole("button", { name: "Name" }).click();
  await page.locator('.table-row[aria-rowindex="9"]').getByText("file-7.txt", { exact: true }).waitFor();
  await page.locator(".table-rows").hover();
  const last = page.locator(`.table-row[aria-rowindex="${FILES + 1}"]`);
  let most = 0;
  for (let step = 0; step < 400 && await last.count() === 0; step++) {
    await page.mouse.wheel(0, 20_000);
    most = Math.max(most, await page.locator(".table-rows .table-row").count());
  }
  await last.getByText("file-9999.txt", { exact: true }).waitFor();
  assert.ok(most < MAX_ROWS_THERE, `${most} rows are there at a time`);
  await page.getByRole("searchbox", { name: "Find in this folder" }).fill("-4321");
  await row(page, "file-4321.txt").waitFor();
  await page.getByText("1 entry", { exact: true }).waitFor();
  const longest = await inPage<number>(page, "Math.max(0, ...longTasks)");
  assert.ok(longest < MAX_TASK_MS, `the page did nothing else for ${longest} ms`);
});

test("files are downloaded, renamed and deleted by their own names, however these look", async (
  stage,
  { page, go },
) => {
  const folder = `${stage.folder}/web-1/many-odd`;
  const names = async () => (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name).sort();
  await go(`/hosts/web-1/files?path=${encodeURIComponent(folder)}`);
  await page.getByText("7 entries", { exact: true }).waitFor();
  const act = async (verb: string) => {
    await page.getByRole("button", { name: verb, exact: true }).click();
    return openDialog(page);
  };
  for (const name of [MARKUP_NAME, TURNED_NAME, LINES_NAME]) {
    await row(page, visible(name)).click();
    const drawer = openDialog(page);
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      drawer.getByRole("link", { name: "Download", exact: true }).click(),
    ]);
    assert.equal(await Deno.readTextFile(await download.path()), name);
    await drawer.getByRole("button", { name: "Rename" }).click();
    await openDialog(page).getByLabel("Name").fill(`mended-${name.length}`);
    await openDialog(page).getByRole("button", { name: "Rename" }).click();
    await row(page, `mended-${name.length}`).waitFor();
  }
  const bad = page.locator(".table-row").filter({ has: page.getByText("bad-\ufffd", { exact: true }) });
  await bad.first().click();
  const drawer = openDialog(page);
  await drawer.getByText("Its name is no text; it can be seen only").waitFor();
  assert.equal(await drawer.getByRole("link", { name: "Download" }).count(), 0);
  await page.keyboard.press("Escape");
  await drawer.waitFor({ state: "detached" });
  await bad.first().getByRole("checkbox").check();
  await page.getByText("1 selected").first().waitFor();
  // The third of them is the one that has a text for a name: just the one as which the others are shown.
  await bad.last().getByRole("checkbox").check();
  await row(page, LONG_NAME).getByRole("checkbox").check();
  const dialog = await act("Delete…");
  await dialog.getByRole("heading", { name: "Left out 1" }).waitFor();
  await dialog.getByRole("button", { name: "Delete", exact: true }).click();
  await dialog.getByText("All 2 done").waitFor();
  await closeDialog(dialog);
  await until(async () => await bad.count() === 2, "the third is gone, and only that");
  assert.deepEqual(await names(), ["bad-\ufffd", "bad-\ufffd", "mended-15", "mended-37", "mended-9"]);
  const left = await inPage<string>(page, '"hurt" in globalThis ? "a script has run" : ""');
  assert.equal(left, "");
});

test("a folder whose name nobody can type is deleted", async (stage, { page, go }) => {
  const folder = `${stage.folder}/web-1/many-odd`;
  await Deno.mkdir(`${folder}/ two\n lines\u202e`);
  await go(`/hosts/web-1/files?path=${encodeURIComponent(folder)}`);
  await row(page, "two lines").getByRole("checkbox").check();
  await page.getByRole("button", { name: "Delete…", exact: true }).click();
  const dialog = openDialog(page);
  await dialog.getByLabel("Type two lines to confirm").fill("two lines");
  await dialog.getByRole("button", { name: "Delete", exact: true }).click();
  await dialog.getByText("All 1 done").waitFor();
});

/** What a process has open. */
function openFilesOf(pid: number): string[] {
  const folder = `/proc/${pid}/fd`;
  return Array.from(Deno.readDirSync(folder), ({ name }) => linkOf(`${folder}/${name}`));
}

function linkOf(path: string): string {
  try {
    return Deno.readLinkSync(path);
  } catch {
    return ""; // it was closed meanwhile
  }
}
