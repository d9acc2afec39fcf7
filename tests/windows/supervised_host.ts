/** A host whose agent supervises programs, and what tests ask of those. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { type ProcessIdentity, processIdentity } from "../../src/platform/mod.ts";
import { processList, type ProcessView } from "../../src/protocol/mod.ts";
import { type AgentHost, agentHost, eventually } from "./agent_host.ts";

/** What differs from a process that runs a script of ours with this Deno; all else is as an item of `processes:`. */
export interface Wanted extends Readonly<Record<string, unknown>> {
  readonly id: string;
  readonly script?: string;
  readonly args?: readonly string[];
}

/** Measured often, and without an address that others want too. */
const SUPERVISOR = { heartbeat: { listen: "" }, usage_interval: "1s" };
/** Where something is written when nothing was configured: beside the agent's own log. */
const LOG_SUFFIX = ".out.log";

export class SupervisedHost implements AsyncDisposable {
  readonly host: AgentHost;
  readonly #config: string;

  constructor(host: AgentHost, wanted: readonly Wanted[]) {
    this.host = host;
    const processes = wanted.map(({ script, args = [], ...item }) => ({
      ...(script === undefined ? {} : { command: this.#command(item.id, script, args) }),
      ...item,
    }));
    // JSON is YAML.
    this.#config = host.file("agent.yaml", JSON.stringify({ supervisor: SUPERVISOR, processes }));
  }

  /** Starts an agent; tells what it has said. */
  async start(): Promise<string> {
    return await this.host.ok("start", "--config", this.#config);
  }

  /** As the task manager ends it. */
  async agent(): Promise<ProcessIdentity> {
    const { pid } = await this.host.status();
    return identityOf(pid);
  }

  async processes(): Promise<readonly ProcessView[]> {
    return processList().parse(JSON.parse(await this.host.ok("ps", "--json"))).processes;
  }

  async process(id: string): Promise<ProcessView> {
    const found = (await this.processes()).find((process) => process.id === id);
    assert.ok(found, `there is no process ${id}`);
    return found;
  }

  async until(id: string, isAsWanted: (process: ProcessView) => boolean): Promise<ProcessView> {
    let last = await this.process(id);
    for (let tries = 0; !isAsWanted(last); tries++) {
      assert.ok(tries < 100, `${id} never was as wanted: ${JSON.stringify(last)}`);
      last = await this.process(id);
    }
    return last;
  }

  /** Waits until it runs, and no longer as this one if one is given. */
  async untilRunning(id: string, former?: ProcessIdentity): Promise<ProcessIdentity> {
    const { pid = 0 } = await this.until(id, ({ state, pid }) => state === "running" && pid !== former?.pid);
    return identityOf(pid);
  }

  logFile(id: string): string {
    return join(this.host.paths.logFile, "..", "processes", `${id}${LOG_SUFFIX}`);
  }

  /** Of the directory that a program works in when nothing was configured. */
  workFile(id: string, name: string): string {
    return join(this.host.paths.workDir, "processes", id, name);
  }

  /** All that the agent started ends with it, so that the folder can go. */
  async [Symbol.asyncDispose](): Promise<void> {
    const { code, stderr } = await this.host.run("stop", "--with-processes", "--force", "--timeout", "5s");
    assert.ok(code === 0 || code === 3, stderr);
    await eventually("the folder to be free", async () => {
      try {
        await this.host[Symbol.asyncDispose]();
        return true;
      } catch {
        return false; // Windows lets go of the files of a process only some time after it has ended
      }
    });
  }

  #command(id: string, script: string, args: readonly string[]): string[] {
    const path = this.host.file(`${id} script.js`, script);
    return [Deno.execPath(), "run", "-A", "--no-check", "--node-modules-dir=none", path, ...args];
  }
}

export async function supervised(...wanted: readonly Wanted[]): Promise<SupervisedHost> {
  return new SupervisedHost(await agentHost(), wanted);
}

function identityOf(pid: number): ProcessIdentity {
  const identity = processIdentity(pid);
  assert.ok(identity, `there is no process ${pid}`);
  return identity;
}
