import type { Config } from "../config/mod.ts";
import { systemClock } from "../core/mod.ts";
import { currentAccount } from "../platform/mod.ts";
import { diagnose, type DoctorInput, type Finding } from "./doctor/mod.ts";

export interface DiagnoseInput extends Omit<DoctorInput, "probeManager"> {
  /** Null when it is bad; then the manager is not looked for. */
  readonly config: Config | null;
}

const PROBE_MS = 10_000;

/** Everything that stands in this agent's way. */
export function diagnoseAgent({ config, ...input }: DiagnoseInput): Promise<Finding[]> {
  const manager = config?.manager;
  return diagnose({
    ...input,
    ...(manager !== undefined && manager.address !== "" && {
      async probeManager(signal: AbortSignal) {
        const { probeManager } = await import("./uplink/mod.ts");
        return await probeManager({
          addresses: manager.address,
          config: manager,
          authorityPath: null, // a doctor changes nothing
          env: (name) => currentAccount().env[name],
          timeoutMs: Math.min(PROBE_MS, manager.timeout.ms),
          clock: systemClock,
        }, signal);
      },
    }),
  });
}
