/** Many hosts that are not there: scripts/simulate_fleet.ts, for the time of a test. */
import { REPOSITORY } from "../agent.ts";
import { until } from "../host.ts";
import type { Stage } from "./stage.ts";

export interface FleetChoice {
  /** How long it stays at most. */
  readonly seconds?: number;
  /** For how long its hosts say that they were there before. */
  readonly history?: string;
}

/** Longer than any test needs it. */
const SECONDS = 80;

export class SimulatedFleet implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;

  private constructor(child: Deno.ChildProcess) {
    this.#child = child;
  }

  /** Resolves when the manager knows of them all, and each was online. */
  static async join(
    { managed, folder }: Stage,
    count: number,
    { seconds = SECONDS, history }: FleetChoice = {},
  ): Promise<SimulatedFleet> {
    const { stdout } = await managed.manager([
      "token",
      "create",
      "--json",
      "--uses",
      String(count),
      "--label",
      "fleet=many",
    ]);
    const token = `${folder}/fleet-token`;
    await Deno.writeTextFile(token, JSON.parse(stdout).secret);
    const options = {
      url: managed.url,
      "token-file": token,
      "data-dir": managed.dataDir,
      hosts: count,
      interval: "5s",
      workers: 1,
      processes: 3,
      seconds,
      "start-rate": count,
      "warm-up": 0,
      ...history === undefined ? {} : { history },
    };
    const args = Object.entries(options).map(([name, value]) => `--${name}=${value}`);
    const child = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", `${REPOSITORY}/scripts/simulate_fleet.ts`, ...args],
      cwd: folder,
      stdin: "null",
      stdout: "null",
      stderr: "piped",
    }).spawn();
    let told: string | null = null;
    void new Response(child.stderr).text().then((text) => told = text);
    await until(async () => {
      if (told !== null) throw new Error(`The fleet has ended: ${told}`);
      const { hosts } = (await managed.api("/api/v1/status")).envelope.data as { hosts: Record<string, number> };
      return (hosts["online"] ?? 0) >= count;
    }, `${count} simulated hosts are online`);
    return new SimulatedFleet(child);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.#child.kill("SIGTERM");
    } catch {
      // It has ended by itself.
    }
    await this.#child.status;
  }
}
