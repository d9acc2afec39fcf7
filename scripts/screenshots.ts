/**
 * `deno task screenshots DIR [--only NAME,…]`: pictures of each page of the console, in both themes, at 1440 and 390
 * pixels, of a small fleet: three agents with processes and logs, and a score of simulated hosts. Needs Chromium.
 */
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { Page } from "playwright-core";
import { SimulatedFleet } from "../tests/helpers/console/simulated_fleet.ts";
import { PAGES_TO_SEE, type Sight } from "../tests/helpers/console/sights.ts";
import { DESKTOP, PHONE, Stage, type Visitor } from "../tests/helpers/console/stage.ts";
import { until } from "../tests/helpers/host.ts";
import { openTerminal } from "../tests/helpers/console/terminal_page.ts";
import { PICTURED_HOSTS, SIMULATED_NAMES, TERMINAL_COMMANDS, TERMINAL_SETTING } from "./screenshots_fleet.ts";
import { runScript } from "./support.ts";

const QUALITY = 72;
/** So that the lines of readings have some length. */
const WARM_UP_MS = 40_000;
const SETTLE_MS = 700;
const THEMES = ["dark", "light"] as const;
const SIZES = [DESKTOP, PHONE] as const;

/** Pages beside those that are seen by tests, which are worth a picture. */
const MORE: readonly (Sight & { readonly prepare?: (page: Page) => Promise<void> })[] = [
  {
    name: "host-simulated",
    path: "/hosts/edge-fra-1",
    isThere: (page) => page.getByRole("heading", { name: "Charts" }),
  },
  { name: "hosts-grouped", path: "/hosts?group=label:env", isThere: (page) => page.locator(".table-row.group") },
  {
    name: "add-host",
    path: "/hosts?add=1",
    isThere: (page) => page.getByRole("region", { name: "Command that joins a host" }),
  },
  { name: "process", path: "/hosts/web-1/processes?open=web", isThere: (page) => page.getByText("How it is run") },
  { name: "search", path: "/logs/search?pattern=timeout&span=1h", isThere: (page) => page.locator(".lines .line") },
  {
    name: "shell",
    path: "/hosts/web-1/terminal",
    isThere: (page) => page.getByRole("button", { name: "Open a terminal" }),
    prepare: useTerminal,
  },
];

/** Of an invented host, and nothing of the machine on which the pictures are made. */
async function useTerminal(page: Page): Promise<void> {
  const shown = await openTerminal(page);
  await shown.type(`${TERMINAL_SETTING.join("; ")}\r`);
  const isReady = async () => /^root@web-1:[^ ]*#$/.test((await shown.text()).trimEnd().split("\n").at(-1) ?? "");
  for (const command of TERMINAL_COMMANDS) {
    // What is typed before the shell asks for it would be shown twice.
    await until(isReady, "the shell asks for a command");
    await shown.type(`${command}\r`);
  }
  await shown.matches(/(done in 1\.2 s)/);
}

async function main(): Promise<number> {
  const { positionals: [dir], values: { only } } = parseArgs({
    args: Deno.args,
    allowPositionals: true,
    options: { only: { type: "string" } },
  });
  if (dir === undefined) throw new Error("Name a folder for the pictures: deno task screenshots DIR");
  await Deno.mkdir(dir, { recursive: true });
  const wanted = only?.split(",");
  // What tests search for is not in these logs; `search` is the picture of that page.
  const all = [...PAGES_TO_SEE.filter(({ name }) => name !== "logs-search"), ...MORE];
  const sights = all.filter(({ name }) => wanted === undefined || wanted.includes(name));
  await using stage = await Stage.create({ hosts: PICTURED_HOSTS, listen: "http://127.0.0.1:0" });
  await stage.addUser("vera", "viewer");
  await stage.managed.expectUser(0, ["tasks", "run", "web-1", "--title", "mark", "--", "uname", "-a"]);
  await using _ = await SimulatedFleet.join(stage, SIMULATED_NAMES.length, { seconds: 1_800, history: "1h" });
  await nameHosts(stage);
  console.error("screenshots: the hosts are there; waiting for their readings");
  await new Promise((resolve) => setTimeout(resolve, WARM_UP_MS));
  for (const theme of THEMES) {
    for (const size of SIZES) {
      await using visitor = await stage.visit({ theme, ...size });
      for (const sight of sights) {
        const file = join(dir, `${sight.name}-${theme}-${size.width}.webp`);
        await take(visitor, sight, file).catch((error) => console.error(`screenshots: ${file}: ${error}`));
      }
    }
  }
  return 0;
}

async function take(visitor: Visitor, sight: (typeof MORE)[number], file: string): Promise<void> {
  const { page, context } = visitor;
  await visitor.go(sight.path);
  await sight.isThere(page).first().waitFor();
  await sight.prepare?.(page);
  await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
  const session = await context.newCDPSession(page);
  const { data } = await session.send("Page.captureScreenshot", { format: "webp", quality: QUALITY });
  await Deno.writeFile(file, Uint8Array.fromBase64(data));
  await session.detach();
}

/** Simulated hosts are called by numbers; people call theirs by what they are for. */
async function nameHosts({ managed }: Stage): Promise<void> {
  const headers = { "content-type": "application/json" };
  const simulated = (await managed.hosts()).filter(({ name }) => name.startsWith("sim-"));
  for (const [at, { id }] of simulated.entries()) {
    const [name, labels] = SIMULATED_NAMES[at] ?? [];
    const body = JSON.stringify({ name, labels });
    const { status, envelope } = await managed.api(`/api/v1/hosts/${id}`, { method: "PATCH", headers, body });
    if (status >= 300) throw new Error(`A host cannot be named: ${envelope.msg}`);
  }
}

if (import.meta.main) await runScript("screenshots", main);
