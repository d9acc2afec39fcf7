import { useEffect, useRef } from "preact/hooks";
import type { FleetProcess, HostView } from "../../../../protocol/mod.ts";
import { agentPath, api } from "../../../kit/api.ts";
import { onEvent } from "../../../kit/live.ts";
import { type Resource, useResource } from "../../../ui/resource.tsx";
import { mergedRows, rowsOf, uniqueRows, withEvent } from "../../processes/model/fleet_rows.ts";
import { isReachable, type ProcessRow, rowOfView } from "../../processes/model/process_row.ts";
import { recordOf, recordsOf } from "../../shared/host_values.ts";

const EVERY_MS = 5_000;
/** Several processes often change together; the host is asked once. */
const AFTER_EVENT_MS = 700;
const MAX_REPORTED = 1_000;
const MAX_PROCESSES = 10_000;

/** A host's processes: from the host itself while it can be asked, as it reported them last otherwise. */
export function useHostProcesses(host: HostView): Resource<readonly ProcessRow[]> {
  const isThere = isReachable(host.state) && host.kind === "agent";
  const known = useRef<readonly ProcessRow[]>([]);
  const list = useResource<readonly ProcessRow[]>(
    async (signal) => {
      const rows = await (isThere ? asked : reported)(host, signal);
      return known.current = mergedRows(known.current, rows, performance.now());
    },
    [host.id, isThere],
    { everyMs: EVERY_MS },
  );
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const untell = onEvent((event) => {
      if (event.kind !== "process" || event.hostId !== host.id) return;
      const changed = withEvent(list.data.peek() ?? [], event, performance.now());
      if (changed !== null) list.set(known.current = changed);
      timer ??= setTimeout(() => {
        timer = undefined;
        list.reload();
      }, AFTER_EVENT_MS);
    });
    return () => {
      untell();
      clearTimeout(timer);
    };
  }, [host.id]);
  return list;
}

async function asked(host: HostView, signal: AbortSignal): Promise<ProcessRow[]> {
  const answer = await api.get<unknown>(agentPath(host.id, "/v1/processes"), { signal });
  const views = recordsOf(recordOf(answer)["processes"], MAX_PROCESSES);
  return uniqueRows(views.map((view) => rowOfView(view, host, Date.now())));
}

/** The manager's list knows hosts by their name's text only; what else has that text in it is left out here. */
async function reported(host: HostView, signal: AbortSignal): Promise<ProcessRow[]> {
  const query = { text: host.name, limit: MAX_REPORTED };
  const { processes } = await api.get<{ processes: FleetProcess[] }>("/api/v1/processes", { query, signal });
  return rowsOf(processes.filter(({ hostId }) => hostId === host.id));
}
