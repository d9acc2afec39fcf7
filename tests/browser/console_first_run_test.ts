/** From a manager that nobody has used to its first host; and how the console is used without a mouse, and in Chinese. */
import assert from "node:assert/strict";
import { World } from "../helpers/agent.ts";
import { command as startCommand, runToEnd } from "../helpers/agent_process.ts";
import { overflowPixels } from "../helpers/console/in_page.ts";
import { openDialog } from "../helpers/console/parts.ts";
import { PHONE, staged, type Visitor } from "../helpers/console/stage.ts";
import { until } from "../helpers/host.ts";

const { test } = staged({ isFirstRun: true });
const ADMIN = "admin";
const SECRET = "four words are enough";

async function logIn({ page, go }: Visitor): Promise<void> {
  await go("/login");
  await page.getByLabel("User name").fill(ADMIN);
  await page.getByLabel("Password").fill(SECRET);
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/hosts$/);
}

test("the link of the first run makes the first admin, and the command that is shown brings the first host", async (
  stage,
  { page, go },
) => {
  await go("/");
  await page.getByText("Nobody can log in yet", { exact: false }).waitFor();
  await page.goto((await stage.managed.manager(["setup-link"])).stdout.trim());
  await page.getByLabel("User name").fill(ADMIN);
  await page.getByLabel("Password", { exact: true }).fill("short");
  await page.getByLabel("Password again").fill("short");
  await page.getByRole("button", { name: "Create and log in" }).click();
  await page.getByText(/more characters are needed/).waitFor();
  await page.getByLabel("Password", { exact: true }).fill(SECRET);
  await page.getByLabel("Password again").fill(SECRET);
  await page.getByRole("button", { name: "Create and log in" }).click();
  const dialog = openDialog(page);
  await dialog.getByText("Add host").first().waitFor();
  assert.equal(new URL(page.url()).hash, "", "the secret is not left in the address");
  const code = dialog.getByRole("region", { name: "Command that joins a host" });
  await code.waitFor();
  await dialog.getByRole("button", { name: /^Copy/ }).first().click();
  const command = String(await page.evaluate("navigator.clipboard.readText()"));
  assert.equal(command, (await code.innerText()).trim());

  await using world = await World.create({ config: 'supervisor:\n  heartbeat:\n    listen: ""\n' });
  await runAsShown(world, command);
  await dialog.getByRole("link", { name: /has joined/ }).click();
  await page.getByText("online", { exact: true }).first().waitFor();
  await page.getByText("Host id", { exact: true }).waitFor();
  await go("/hosts");
  await page.getByRole("button", { name: "1 online" }).waitFor();
});

/** What a person pastes into a shell as root, with the program that is tested for `agent` and this world's places. */
async function runAsShown(world: World, command: string): Promise<void> {
  const bin = `${world.dir}/bin`;
  await Deno.mkdir(bin);
  const quoted = world.argv([]).map((each) => `'${each}'`).join(" ");
  await Deno.writeTextFile(`${bin}/agent`, `#!/bin/sh\nexec ${quoted} "$@"\n`, { mode: 0o755 });
  // sudo is not there on each machine where this runs, and needs not be.
  await Deno.writeTextFile(`${bin}/sudo`, '#!/bin/sh\nexec "$@"\n', { mode: 0o755 });
  const script = command.replaceAll(/(\.\/|\/usr\/local\/bin\/)agent\b/g, "agent");
  const env = await world.env({ PATH: `${bin}:${Deno.env.get("PATH") ?? "/usr/bin:/bin"}` });
  const { code, stdout, stderr } = await runToEnd(startCommand(["/bin/sh", "-c", script], { env, cwd: world.dir }));
  assert.equal(code, 0, `${command}\n${stdout}${stderr}`);
}

test("a wrong password is refused in words, a right one leads to where one wanted to go", async (_stage, visitor) => {
  const { page, go } = visitor;
  await go("/audit?action=login");
  await page.waitForURL(/\/login\?to=/);
  await page.getByLabel("User name").fill(ADMIN);
  await page.getByLabel("Password").fill("not this one at all");
  await page.keyboard.press("Enter");
  await page.getByRole("alert").first().waitFor();
  await page.getByLabel("Password").fill(SECRET);
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/audit\?action=login$/);
  const cookies = await visitor.context.cookies();
  assert.deepEqual(
    cookies.map(({ httpOnly, secure, sameSite }) => ({ httpOnly, secure, sameSite })),
    cookies.map(() => ({ httpOnly: true, secure: true, sameSite: "Strict" })),
  );
  assert.ok(cookies.length > 0);
  await page.getByRole("button", { name: `Account of ${ADMIN}` }).click();
  await page.getByRole("menuitem", { name: "Log out" }).click();
  await page.waitForURL(/\/login/);
});

test("the keyboard alone is enough: search, pages, help and palette", async (_stage, visitor) => {
  const { page } = visitor;
  await logIn(visitor);
  await page.getByRole("heading", { name: "Hosts" }).first().waitFor();
  await page.getByRole("searchbox").waitFor();
  await page.keyboard.press("/");
  await page.locator("[data-search]:focus").waitFor();
  await page.evaluate("document.activeElement.blur()");
  for (const [keys, path] of [["gp", "/processes"], ["gt", "/tasks"], ["gl", "/logs"], ["gh", "/hosts"]] as const) {
    for (const key of keys) await page.keyboard.press(key);
    await page.waitForURL((url) => url.pathname === path);
  }
  await page.keyboard.press("?");
  await openDialog(page).getByText("Keyboard shortcuts").waitFor();
  await page.keyboard.press("Escape");
  await openDialog(page).waitFor({ state: "detached" });
  await page.keyboard.press("Control+k");
  await openDialog(page).getByRole("combobox").fill("audi");
  await openDialog(page).getByRole("option").first().waitFor();
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/audit$/);
  await page.keyboard.press("Tab");
  const focused = await page.evaluate("document.activeElement?.textContent");
  assert.notEqual(focused, null);
});

test("the language and the look are chosen, and stay", async (_stage, visitor) => {
  const { page } = visitor;
  await logIn(visitor);
  const account = () => page.locator(".top button[aria-haspopup=menu]").last();
  await account().click();
  await page.getByRole("menuitemradio", { name: "中文" }).click();
  await page.locator("html[lang^=zh]").waitFor();
  await page.getByRole("heading", { name: "主机" }).first().waitFor();
  await page.reload();
  await page.getByRole("heading", { name: "主机" }).first().waitFor();
  await account().click();
  await page.getByRole("menuitemradio", { name: "English" }).click();
  await page.getByRole("heading", { name: "Hosts" }).first().waitFor();
  const background = () => page.evaluate("getComputedStyle(document.body).backgroundColor");
  const dark = await background();
  await account().click();
  await page.getByRole("menuitemradio", { name: "Light", exact: true }).click();
  await until(async () => await background() !== dark, "the page is light");
  await page.reload();
  await page.getByRole("heading", { name: "Hosts" }).first().waitFor();
  assert.notEqual(await background(), dark);
});

test("on a phone the navigation is a drawer, and nothing is wider than the window", async (_stage, visitor) => {
  const { page } = visitor;
  await logIn(visitor);
  await page.getByRole("button", { name: "Menu" }).click();
  await page.getByRole("link", { name: "Tasks" }).click();
  await page.waitForURL(/\/tasks$/);
  await page.getByRole("heading", { name: "Tasks" }).first().waitFor();
  assert.equal(await overflowPixels(page), 0);
}, PHONE);
