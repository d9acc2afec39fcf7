/** Terminals, and what becomes of a page when the manager, a host or the right to do something is not there. */
import assert from "node:assert/strict";
import { row } from "../helpers/console/parts.ts";
import { staged } from "../helpers/console/stage.ts";
import { openTerminal, type Shown } from "../helpers/console/terminal_page.ts";
import { THREE_HOSTS } from "../helpers/console/fleet.ts";
import { exists, until } from "../helpers/host.ts";

const { test } = staged({
  hosts: THREE_HOSTS.slice(0, 2),
  prepare: async (stage) => {
    await stage.addUser("vera", "viewer");
    for (const [name] of stage.hosts) {
      await stage.managed.untilHost(name, ({ processes }) => processes.total > 0, "is up");
    }
  },
});
const EDITORS = ["/usr/bin/vim", "/usr/bin/vi"];

async function sizeOf(shown: Shown): Promise<string> {
  await shown.type("stty size\r");
  return await shown.matches(/\b(\d+ \d+)\b/);
}

test("a terminal has the size of its window, takes another, and runs an editor", async (stage, { page, go }) => {
  await go("/hosts/web-1/terminal");
  const shown = await openTerminal(page);
  const size = await sizeOf(shown);
  const [rows = 0, columns = 0] = size.split(" ").map(Number);
  assert.ok(rows > 20 && columns > 80, size);
  await page.setViewportSize({ width: 1_000, height: 600 });
  await until(async () => {
    await shown.type("clear; stty size\r");
    return !(await shown.matches(/\b(\d+ \d+)\b/)).startsWith(`${rows} `);
  }, "the shell has the new size");
  const file = `${stage.folder}/web-1/written`;
  let editor: string | undefined;
  for (const each of EDITORS) if (editor === undefined && await exists(each)) editor = each;
  if (editor !== undefined) {
    await shown.type(`${editor} -u NONE ${file}\r`);
    await shown.matches(/written.*\[New/);
    await shown.type("ifrom the browser é\x1b:wq\r");
    await until(async () => await exists(file), "the editor has written");
    assert.equal(await Deno.readTextFile(file), "from the browser é\n");
  }
  await shown.type("exit\r");
  await page.getByText("Ended with exit code 0", { exact: false }).waitFor();
});

test("who may only look sees all and can do nothing, in the page or by the API", async (stage, visitor) => {
  const { page, go } = visitor;
  await go("/hosts");
  await row(page, "web-1").getByText("online", { exact: true }).waitFor();
  const isRefused = async (name: string) =>
    assert.equal(
      await page.getByRole("button", { name, exact: true }).first().getAttribute("aria-disabled"),
      "true",
      name,
    );
  await isRefused("Add host");
  assert.equal(await page.getByRole("link", { name: "Users & tokens" }).count(), 0);
  await go("/hosts/web-1/processes");
  await row(page, "web").getByText("running", { exact: true }).waitFor();
  await row(page, "web").getByRole("checkbox").check();
  for (const verb of ["Start", "Stop", "Restart"]) await isRefused(verb);
  await go("/hosts/web-1/terminal");
  await isRefused("Open a terminal");
  await go("/settings");
  await isRefused("New rule");
  const { data } = await visitor.ask("GET", "/api/v1/hosts");
  const id = (data as { hosts: { id: string; name: string }[] }).hosts.find(({ name }) => name === "web-1")?.id;
  const through = `/api/v1/hosts/${id}/agent/v1`;
  const select = { ids: ["web"] };
  const refused = [
    await visitor.ask("POST", `${through}/processes/actions`, { action: "stop", select }),
    await visitor.ask("POST", `${through}/terminals`, { cols: 80, rows: 24 }),
    await visitor.ask("GET", `${through}/files?path=/etc`),
    await visitor.ask("POST", "/api/v1/users", { name: "eve", role: "admin", password: "another long password" }),
    await visitor.ask("DELETE", `/api/v1/hosts/${id}`),
  ];
  assert.deepEqual(refused.map(({ status }) => status), refused.map(() => 403), JSON.stringify(refused));
  assert.equal((await stage.managed.hosts()).length, 2);
}, { user: "vera" });

test(
  "a host that goes offline is shown so, with when and why, and comes back by itself",
  async (stage, { page, go }) => {
    await go("/hosts");
    const world = stage.host("web-2");
    await row(page, "web-2").getByText("online", { exact: true }).waitFor();
    await world.expect(0, ["stop"]);
    await row(page, "web-2").getByText("offline", { exact: true }).waitFor();
    await page.getByRole("button", { name: "1 offline" }).click();
    await until(async () => await page.locator(".table-rows .table-row").count() === 1, "only it is shown");
    await row(page, "web-2").getByText("web-2", { exact: true }).click();
    await page.getByText("offline", { exact: true }).first().waitFor();
    await go("/hosts/web-2/processes");
    await page.getByText("The host is not connected.", { exact: false }).first().waitFor();
    await go("/hosts/web-2/terminal");
    const open = page.getByRole("button", { name: "Open a terminal" });
    await open.waitFor();
    assert.equal(await open.getAttribute("aria-disabled"), "true");
    await world.expect(0, ["start"]);
    await page.locator("[aria-disabled=true]", { hasText: "Open a terminal" }).waitFor({ state: "detached" });
  },
);

test(
  "a manager that is killed is told of, and all goes on when it is back: the terminal too",
  async (stage, visitor) => {
    const { page, go } = visitor;
    await go("/hosts/web-1/terminal");
    const shown = await openTerminal(page);
    await shown.type("seen=before; echo $seen-$((40+2))\r");
    await shown.matches(/(before-42)/);
    await stage.managed.kill();
    await page.getByText(/Connection lost, trying again/).first().waitFor();
    await page.getByText("What is shown may be out of date.").waitFor();
    await page.getByText(/attaching again in/).waitFor();
    await stage.managed.start();
    await page.getByText("What is shown may be out of date.").waitFor({ state: "detached" });
    await page.getByText(/attaching again in/).waitFor({ state: "detached" });
    await page.getByText("Connected", { exact: true }).waitFor();
    await shown.matches(/(before-42)/);
    await shown.type("clear; echo again-$seen\r");
    await shown.matches(/(again-before)/);
    await go("/hosts");
    await row(page, "web-1").getByText("online", { exact: true }).waitFor();
  },
);
