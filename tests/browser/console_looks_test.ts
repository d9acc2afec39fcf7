/** Every page as it looks: no rule of accessibility is broken, nothing is wider than its window, nothing is asked elsewhere. */
import assert from "node:assert/strict";
import { axeViolations } from "../helpers/console/axe.ts";
import { THREE_HOSTS } from "../helpers/console/fleet.ts";
import { inPage, overflowPixels } from "../helpers/console/in_page.ts";
import { openDialog } from "../helpers/console/parts.ts";
import { PAGES_TO_SEE } from "../helpers/console/sights.ts";
import { DESKTOP, PHONE, type Stage, staged, type Visitor } from "../helpers/console/stage.ts";
import { openTerminal } from "../helpers/console/terminal_page.ts";

const CONTRAST = "color-contrast";

const { test } = staged({
  hosts: THREE_HOSTS.slice(0, 1),
  prepare: async (stage) => {
    await stage.addUser("vera", "viewer");
    await stage.managed.untilHost("web-1", ({ processes }) => processes.total > 0, "is up");
    await stage.managed.expectUser(0, ["tasks", "run", "web-1", "--title", "mark", "--", "echo", "done"]);
  },
});

for (const size of [DESKTOP, PHONE]) {
  test(`each page at ${size.width} pixels is accessible in both themes, and fits`, async (_stage, visitor) => {
    const problems: string[] = [];
    for (const { path, isThere } of PAGES_TO_SEE) {
      await visitor.page.emulateMedia({ colorScheme: "dark" });
      await visitor.go(path);
      await isThere(visitor.page).first().waitFor();
      problems.push(...await problemsOf(visitor, path));
      // Of a theme only the colours are others.
      await visitor.page.emulateMedia({ colorScheme: "light" });
      problems.push(...(await axeViolations(visitor.page, CONTRAST)).map((each) => `${path} in light: ${each}`));
    }
    assert.deepEqual(problems, []);
  }, size);
}

test(
  "in Chinese, recordings, their player and the profile are accessible on a telephone, and fit",
  async (_stage, visitor) => {
    const { page, go } = visitor;
    await go("/hosts/web-1/terminal");
    const shown = await openTerminal(page);
    await shown.type("exit\r");
    await page.getByText("Ended with exit code 0").waitFor();
    await inPage(page, `localStorage.setItem("farhand.language", '"zh"')`);
    const problems: string[] = [];
    await go("/recordings");
    const recording = page.locator(".table-rows .table-row").first();
    await recording.waitFor();
    problems.push(...await problemsOf(visitor, "recordings"));
    await recording.click();
    await page.getByRole("slider", { name: "位置" }).waitFor();
    problems.push(...await problemsOf(visitor, "the player"));
    await go("/profile");
    await page.getByRole("heading", { name: "个人资料" }).waitFor();
    problems.push(...await problemsOf(visitor, "the profile"));
    assert.deepEqual(problems, []);
  },
  PHONE,
);

test("what is open on a page is accessible too: dialogs, drawers, menus, a terminal", async (_stage, visitor) => {
  const { page, go } = visitor;
  const problems: string[] = [];
  const look = async (what: string) => problems.push(...await problemsOf(visitor, what));
  await go("/hosts?add=1");
  await openDialog(page).getByRole("region", { name: "Command that joins a host" }).waitFor();
  await look("add host");
  await go("/hosts/web-1/processes?open=web");
  await openDialog(page).getByText("How it is run").first().waitFor();
  await look("a process");
  await go("/settings");
  await page.getByRole("button", { name: "New rule" }).first().click();
  await openDialog(page).getByText("Add a key").first().waitFor();
  await look("a rule");
  await go("/tasks");
  await page.locator(".table-rows .table-row").first().waitFor();
  await page.keyboard.press("?");
  await openDialog(page).getByText("Keyboard shortcuts").waitFor();
  await look("help");
  await page.keyboard.press("Escape");
  await page.keyboard.press("Control+k");
  await openDialog(page).getByRole("combobox").waitFor();
  await look("palette");
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: /^Account of/ }).click();
  await page.getByRole("menu").waitFor();
  await look("menu");
  await go("/hosts/web-1/terminal");
  await openTerminal(page);
  await look("terminal");
  assert.deepEqual(problems, []);
});

test("without a session there is the way in, which is accessible too", async (_stage, visitor) => {
  await visitor.go("/login");
  await visitor.page.getByLabel("Password").waitFor();
  assert.deepEqual(await problemsOf(visitor, "/login"), []);
}, { isLoggedOut: true, theme: "light" });

test("pages of who may only look are accessible", async (_stage, visitor) => {
  const problems: string[] = [];
  for (const path of ["/hosts", "/hosts/web-1/processes", "/settings", "/hosts/web-1/files"]) {
    await visitor.go(path);
    await visitor.page.locator("h1, h2").first().waitFor();
    problems.push(...await problemsOf(visitor, path));
  }
  assert.deepEqual(problems, []);
}, { user: "vera" });

test("the page's own policy lets no script, style or frame of anybody else in", async (stage: Stage, { page, go }) => {
  const response = await page.goto(`${stage.url}/hosts`);
  const policy = response?.headers()["content-security-policy"] ?? "";
  for (const part of ["default-src 'none'", "script-src 'self'", "style-src 'self'", "frame-ancestors 'none'"]) {
    assert.ok(policy.includes(part), policy);
  }
  assert.doesNotMatch(policy, /unsafe/);
  await go("/hosts");
  const names = await page.evaluate(`Promise.all([
    "data:text/javascript,globalThis.hurt=1", "https://192.0.2.1/x.js",
  ].map((src) => new Promise((resolve) => {
    const script = document.createElement("script");
    try { script.src = src; } catch { resolve("refused"); return; }
    script.onerror = () => resolve("refused");
    script.onload = () => resolve("run");
    document.head.append(script);
  }))).then((all) => all.join() + typeof globalThis.hurt)`);
  assert.equal(names, "refused,refusedundefined");
}, { allowsFaults: /Content Security Policy|TrustedScriptURL|Trusted/ });

/** What breaks a rule, and how much too wide it is. */
async function problemsOf({ page }: Visitor, what: string): Promise<string[]> {
  const pixels = await overflowPixels(page);
  return [
    ...(await axeViolations(page)).map((each) => `${what}: ${each}`),
    ...pixels > 0 ? [`${what}: ${pixels} pixels too wide`] : [],
  ];
}
