/**
 * The real program on the trees of tests/fixtures/hosts, with /proc, /sys and the file system rebased onto them: what it
 * says on /metrics must be what golden.prom of the tree has. FARHAND_UPDATE_GOLDEN=1 writes those files anew; what has
 * changed in them is to be read then.
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { REPOSITORY, scenario, type World } from "../helpers/agent.ts";
import { freeAddress, IS_LINUX } from "../helpers/host.ts";

const HOSTS = join(REPOSITORY, "tests/fixtures/hosts");
const UPDATE = Deno.env.get("FARHAND_UPDATE_GOLDEN") !== undefined;

/** Families that speak of the running agent, of its kernel or of this moment, whatever tree it looks at. */
const VOLATILE: readonly RegExp[] = [
  /^process_/, // the agent itself
  /^farhand_self_/, // likewise
  /^farhand_build_info$/,
  /^node_scrape_collector_duration_seconds$/,
  /^node_time_(seconds|zone_offset_seconds)$/, // the clock
  /^node_timex_/, // the running kernel's clock, which is asked by a system call
  /^node_filesystem_(avail|free|size)_bytes$/, // the running kernel is asked for these
  /^node_filesystem_(files|files_free|device_error)$/, // likewise
  /^farhand_collector_problems$/, // it counts what this machine cannot tell besides the tree's own gaps
];

/** The text of a scrape without what is volatile: a family is left out whole, with its help. */
function lasting(metrics: string): string {
  const kept: string[] = [];
  let keep = true;
  for (const line of metrics.split("\n")) {
    const family = /^# HELP (\S+)/.exec(line)?.[1];
    if (family !== undefined) keep = !VOLATILE.some((pattern) => pattern.test(family));
    if (keep && line !== "") kept.push(line);
  }
  return `${kept.join("\n")}\n`;
}

/** A reading leaves slow files for the next one, so a busy machine may need several. */
const SCRAPES = 20;
const REREAD_MS = 1_100;

async function serving(world: World, host: string): Promise<string> {
  const { text: listen } = freeAddress();
  const roots = ["proc", "sys", "root"].map((name) => `    ${name}: ${join(HOSTS, host, name)}\n`).join("");
  await world.configure(`collectors:\n  roots:\n${roots}metrics:\n  listen: ${listen}\n`);
  await world.run();
  return `http://${listen}/metrics`;
}

async function scrape(url: string): Promise<string> {
  const response = await fetch(url);
  assert.equal(response.status, 200);
  return lasting(await response.text());
}

for (const { name: host, isDirectory } of IS_LINUX ? Deno.readDirSync(HOSTS) : []) {
  if (!isDirectory) continue;
  scenario(`the host in fixtures/hosts/${host} has the metrics of its golden.prom`, async (world) => {
    const golden = join(HOSTS, host, "golden.prom");
    const url = await serving(world, host);
    let found = await scrape(url);
    if (UPDATE) await Deno.writeTextFile(golden, found);
    const expected = await Deno.readTextFile(golden);
    for (let again = 1; again < SCRAPES && found !== expected; again++) {
      await new Promise((resolve) => setTimeout(resolve, REREAD_MS));
      found = await scrape(url);
    }
    assert.equal(found, expected);
  });
}
