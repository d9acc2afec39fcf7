/** What the end-to-end tests of the supervisor share: configs with processes, and questions about those. */
import type { ProcessEvent, ProcessView } from "../../src/protocol/mod.ts";
import { scenario, type World } from "./agent.ts";
import { processesNaming, until } from "./host.ts";

/** Settings that keep agents of tests out of each other's way. */
const QUIET = `supervisor:
  heartbeat:
    listen: ""
`;

/** A scenario whose agent supervises; `processes` are the items of the section as YAML, made for the world. */
export function supervised(
  name: string,
  processes: string | ((world: World) => string | Promise<string>),
  play: (world: World) => Promise<void>,
): void {
  scenario(name, async (world) => {
    await configure(world, typeof processes === "string" ? processes : await processes(world));
    await play(world);
  });
}

export async function configure(world: World, processes: string, more = QUIET): Promise<void> {
  await world.configure(`${more}process_defaults:
  restart:
    backoff_base: 50ms
    backoff_max: 200ms
processes:
${processes}`);
}

/** A script of the world, and the path to it. */
export async function script(world: World, name: string, body: string): Promise<string> {
  const path = `${world.dir}/${name}`;
  await Deno.writeTextFile(path, `#!/bin/sh\n${body}\n`, { mode: 0o755 });
  return path;
}

export async function processes(world: World): Promise<ProcessView[]> {
  const { envelope } = await world.api("/v1/processes");
  return (envelope.data as { processes: ProcessView[] }).processes;
}

export async function processOf(world: World, id: string): Promise<ProcessView> {
  const found = (await processes(world)).find((process) => process.id === id);
  if (found === undefined) throw new Error(`There is no process ${id}`);
  return found;
}

/** Waits until a process is as wanted, and gives it. */
export async function untilProcess(
  world: World,
  id: string,
  isAsWanted: (process: ProcessView) => boolean,
  what: string,
): Promise<ProcessView> {
  let last: ProcessView | undefined;
  try {
    await until(async () => isAsWanted(last = await processOf(world, id)), `${id} ${what}`);
  } catch (error) {
    throw new Error(`${error}; it is ${JSON.stringify(last)}`);
  }
  if (last === undefined) throw new Error("it was never looked at");
  return last;
}

export function untilState(world: World, id: string, ...states: ProcessView["state"][]): Promise<ProcessView> {
  return untilProcess(world, id, ({ state }) => states.includes(state), `is ${states.join(" or ")}`);
}

export async function eventsOf(world: World, id: string): Promise<ProcessEvent[]> {
  const { envelope } = await world.api(`/v1/events?limit=1000&process=${id}`);
  return (envelope.data as { events: ProcessEvent[] }).events;
}

export async function post(world: World, path: string, body: unknown) {
  const headers = { "content-type": "application/json" };
  return await world.api(path, { method: "POST", headers, body: JSON.stringify(body) });
}

/** The living processes of this world with such a command line. */
export async function living(world: World, pattern: RegExp): Promise<number[]> {
  const all = await processesNaming(world.dir);
  return all.filter(({ argv }) => pattern.test(argv)).map(({ pid }) => pid);
}

export function kill(pid: number, signal: Deno.Signal = "SIGKILL"): void {
  Deno.kill(pid, signal);
}
