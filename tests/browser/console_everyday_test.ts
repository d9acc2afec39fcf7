/** What people do all day, in a browser: against a manager with three agents. */
import assert from "node:assert/strict";
import { THREE_HOSTS } from "../helpers/console/fleet.ts";
import { openDialog, row } from "../helpers/console/parts.ts";
import { staged } from "../helpers/console/stage.ts";
import { readProc, until } from "../helpers/host.ts";

const { test } = staged({
  hosts: THREE_HOSTS,
  prepare: async (stage) => {
    await stage.addUser("vera", "viewer");
    for (const [name] of stage.hosts) {
      await stage.managed.untilHost(
        name,
        ({ processes, latest }) => processes.total > 0 && latest !== undefined,
        "is up",
      );
    }
  },
});
/** How soon the console shows what has happened on a host. */
const LIVE_MS = 2_000;
/** A machine that is busy with other things gets more than one chance to be that quick. */
const TRIES = 5;

test("the hosts are shown with state and readings, and what changes shows within 2 s", async (stage, { page, go }) => {
  await go("/hosts");
  for (const name of ["web-1", "web-2", "db-1"]) await row(page, name).getByText("online", { exact: true }).waitFor();
  await row(page, "web-1").getByText(/^\d.* %$/).filter({ visible: true }).first().waitFor();
  await go("/processes");
  const shownAfter = async (action: "start" | "stop", state: string) => {
    const headers = { "content-type": "application/json" };
    const body = JSON.stringify({ action, select: { ids: ["worker"] } });
    const { status, envelope } = await stage.host("web-1").api("/v1/processes/actions", {
      method: "POST",
      headers,
      body,
    });
    assert.equal(status, 200, envelope.msg);
    const begunMs = performance.now();
    await row(page, "worker").getByText(state, { exact: true }).waitFor();
    return performance.now() - begunMs;
  };
  await row(page, "worker").getByText("running", { exact: true }).waitFor();
  let bestMs = Infinity;
  for (let tried = 0; tried < TRIES && bestMs > LIVE_MS; tried++) {
    bestMs = Math.min(bestMs, await shownAfter("stop", "stopped"));
    await shownAfter("start", "running");
  }
  assert.ok(bestMs <= LIVE_MS, `the quickest of ${TRIES} was shown after ${Math.round(bestMs)} ms`);
});

test("a process is stopped and started, with a preview and its result", async (stage, { page, go }) => {
  await go("/hosts/web-1/processes");
  const pidOf = async () => {
    const { envelope } = await stage.host("web-1").api("/v1/processes");
    const { processes } = envelope.data as { processes: { id: string; pid?: number; state: string }[] };
    return processes.find(({ id }) => id === "web");
  };
  const before = await pidOf();
  const act = async (verb: "Stop" | "Start") => {
    await row(page, "web").getByRole("checkbox").check();
    await page.getByRole("button", { name: verb, exact: true }).click();
    const dialog = openDialog(page);
    await dialog.getByText(`${verb} 1 process`).waitFor();
    await dialog.getByText("web · web-1").waitFor();
    await dialog.getByRole("button", { name: verb, exact: true }).click();
    await dialog.getByText("All 1 done").waitFor();
    await dialog.getByRole("button", { name: "Close", exact: true }).last().click();
  };
  await act("Stop");
  await row(page, "web").getByText("stopped", { exact: true }).waitFor();
  assert.equal((await pidOf())?.state, "stopped");
  assert.equal(readProc(`${before?.pid}/stat`), "", "the process itself is gone");
  if (!await row(page, "web").getByRole("checkbox").isChecked()) await row(page, "web").getByRole("checkbox").check();
  await act("Start");
  await row(page, "web").getByText("running", { exact: true }).waitFor();
  assert.notEqual((await pidOf())?.pid, before?.pid);
});

test("a log is followed, filtered and held", async (_stage, { page, go }) => {
  await go("/logs?host=web-1&process=web");
  const lines = page.getByRole("region", { name: "Lines of the logs" });
  await lines.getByText(/line \d+ of web on web-1/).first().waitFor();
  const newest = async () => Number(/line (\d+) of web/.exec(await lines.locator(".line").last().innerText())?.[1]);
  const first = await newest();
  await until(async () => await newest() > first, "another line comes");
  await page.getByRole("button", { name: "Pause", exact: true }).click();
  await page.getByText(/Paused; \d+ lines? waits?/).waitFor();
  await page.getByRole("button", { name: "Go on" }).first().click();
  await page.getByRole("searchbox", { name: "Filter lines" }).fill("of nobody");
  await until(async () => await lines.locator(".line").count() === 0, "no line fits");
  await page.getByRole("searchbox", { name: "Filter lines" }).fill("web on web-1");
  await lines.locator("mark").first().waitFor();
});

test("the logs of three hosts are searched at once", async (_stage, { page, go }) => {
  await go("/logs/search");
  await page.getByLabel("Find", { exact: true }).fill("line 1 of web");
  await page.getByRole("button", { name: "Search", exact: true }).click();
  await page.getByText("3 of 3 hosts done").waitFor();
  await page.getByRole("status").getByText(/^\d+ matches$/).waitFor();
  const found = page.getByRole("region", { name: "What was found" });
  for (const name of ["web-1", "web-2", "db-1"]) {
    await found.getByText(`line 1 of web on ${name}`).first().waitFor();
  }
  assert.match(page.url(), /pattern=line/, "the address can be shared");
});

test("a file is uploaded and downloaded as it was", async (stage, { page, go }) => {
  const bytes = new Uint8Array(3_000_000);
  for (let at = 0; at < bytes.length; at += 50_000) crypto.getRandomValues(bytes.subarray(at, at + 50_000));
  const source = `${stage.folder}/upload.bin`;
  await Deno.writeFile(source, bytes);
  await go("/hosts/db-1/files");
  await page.locator("input[type=file]").setInputFiles(source);
  await page.getByText("done, and checked").waitFor();
  assert.deepEqual(await Deno.readFile(`${stage.folder}/db-1/upload.bin`), bytes);
  await row(page, "upload.bin").click();
  const dialog = openDialog(page);
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    dialog.getByRole("link", { name: "Download", exact: true }).click(),
  ]);
  assert.equal(download.suggestedFilename(), "upload.bin");
  const digest = async (file: string) =>
    new Uint8Array(await crypto.subtle.digest("SHA-256", await Deno.readFile(file))).toHex();
  assert.equal(await digest(await download.path()), await digest(source));
  await dialog.getByRole("button", { name: "Compute" }).click();
  await dialog.getByText(await digest(source)).waitFor();
});

test("a setting is changed by a rule, and is in force on the host", async (stage, { page, go }) => {
  await go("/settings");
  await page.getByRole("button", { name: "New rule" }).first().click();
  const dialog = openDialog(page);
  await dialog.getByLabel("For hosts").fill("env=prod");
  await dialog.getByLabel("Add a key").selectOption("collectors.cpu.interval");
  await dialog.getByLabel(/^collectors\.cpu\.interval/).fill("7s");
  await dialog.getByText("Changes on 2 hosts").waitFor();
  await dialog.getByRole("button", { name: "Save the rule" }).click();
  await page.getByText("Applied on 2 of 2 hosts").waitFor();
  const { stdout } = await stage.host("web-1").expect(0, ["config", "show", "--json"]);
  assert.match(stdout, /"7s"/);
  await go("/hosts/web-1/settings");
  await page.getByText("The host has these in force").waitFor();
});
