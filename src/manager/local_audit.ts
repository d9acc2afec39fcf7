import type { AuditEntry } from "../protocol/mod.ts";
import type { LocalPorts } from "./local_routes.ts";

/** The audit, as far as what its owner does on the manager's own machine is noted there. */
export interface LocalAudit {
  record(entry: {
    readonly actor: string;
    readonly address: string;
    readonly action: string;
    readonly subject: string;
    readonly result: AuditEntry["result"];
    readonly details: Readonly<Record<string, unknown>>;
  }): Promise<void>;
}

/** The same, each change noted in the audit. What cannot be noted is done all the same: its owner must be able to stop it. */
export function auditedPorts(ports: LocalPorts, audit: LocalAudit): LocalPorts {
  const note = async (action: string, result: AuditEntry["result"], details: Readonly<Record<string, unknown>>) => {
    const entry = { actor: "local", address: "", action, subject: "the manager", result, details };
    await audit.record(entry).catch(() => {}); // the audit has logged what it could not write
  };
  return {
    ...ports,
    async reload() {
      try {
        const report = await ports.reload();
        await note("manager.reload", "ok", { applied: report.applied, needsRestart: report.needsRestart });
        return report;
      } catch (error) {
        await note("manager.reload", "failed", {});
        throw error;
      }
    },
    async stop(request, signal) {
      await note("manager.stop", "ok", {}); // before it, since there is no audit after it
      return await ports.stop(request, signal);
    },
    async setupLink() {
      const link = await ports.setupLink();
      if (link !== null) await note("setup.link", "ok", {});
      return link;
    },
    async setLogLevel(level) {
      await ports.setLogLevel(level);
      await note("manager.log_level", "ok", { level });
    },
  };
}
