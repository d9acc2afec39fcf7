import { AppError } from "../../../core/mod.ts";
import {
  type Caller,
  CAST_TYPE,
  type Recording,
  recording,
  recordingList,
  recordingListQuery,
  recordingParams,
  RECORDINGS_PATH,
  removedRecording,
} from "../../../protocol/mod.ts";
import type { RouteMaker } from "../guard/manager_route.ts";
import type { ManagerRoute } from "../guard/route_spec.ts";
import { cursorText, positionOf } from "../listing/cursor.ts";
import { limitOf } from "../listing/page.ts";
import type { ApiPorts } from "../ports.ts";
import type { RecordingsQuery } from "../terminal_ports.ts";

const TAG = { tags: ["recordings"] };
const VERB = "recording.manage";
const ORDER = "recordings";

type Ports = Pick<ApiPorts, "auth" | "hub" | "terminals">;

/** What terminals have shown. Whoever watches one sees what others did, so that is in the audit too. */
export function recordingRoutes(make: RouteMaker, ports: Ports): ManagerRoute[] {
  const { recordings } = ports.terminals;
  const found = (caller: Caller, id: string) => recordingFor(make, ports, caller, id);
  return [
    make.verb(VERB, {
      ...TAG,
      method: "GET",
      path: RECORDINGS_PATH,
      summary: "Show the recordings of terminals, the newest first",
      query: recordingListQuery(),
      response: recordingList,
      errors: ["not_found"],
      handle: async ({ caller, query: { limit, cursor, host, actor } }) => {
        const hostIds = host === undefined ? hostsOf(make, ports, caller) : [make.hosts.idOf(caller, host)];
        const page = await recordings.list({
          limit: limitOf(limit),
          ...(hostIds !== undefined && { hostIds }),
          ...(actor !== undefined && { actor }),
          ...(cursor !== undefined && { before: beforeOf(cursor) }),
        });
        const next = page.next === null
          ? {}
          : { next: cursorText(ORDER, { key: page.next.startedMs, id: page.next.id }) };
        return { recordings: [...page.recordings], ...next };
      },
    }),
    make.verb(VERB, {
      ...TAG,
      method: "GET",
      path: `${RECORDINGS_PATH}/{id}`,
      summary: "Show what is known of one recording",
      params: recordingParams(),
      response: recording,
      errors: ["not_found"],
      handle: ({ caller, params: { id } }) => found(caller, id),
    }),
    make.verbRaw(VERB, {
      ...TAG,
      method: "GET",
      path: `${RECORDINGS_PATH}/{id}/cast`,
      summary: "Get a recording itself, asciicast v2; of one that goes on, what there is of it",
      params: recordingParams(),
      produces: [CAST_TYPE],
      errors: ["not_found"],
      audit: { action: "recording.watch", subject: ({ params: { id } }) => `recording ${id}` },
      handle: async ({ caller, params: { id } }) => {
        const { host, startedMs } = await found(caller, id);
        const { body, sizeBytes } = await recordings.cast(id);
        return new Response(body, {
          headers: {
            "content-type": CAST_TYPE,
            "content-length": String(sizeBytes),
            "content-disposition": `attachment; filename="${fileNameOf(host, startedMs)}"`,
          },
        });
      },
    }),
    make.verb(VERB, {
      ...TAG,
      method: "DELETE",
      path: `${RECORDINGS_PATH}/{id}`,
      summary: "Delete a recording that has ended",
      params: recordingParams(),
      response: removedRecording,
      errors: ["not_found", "conflict"],
      audit: { action: "recording.remove", subject: ({ params: { id } }) => `recording ${id}` },
      handle: async ({ caller, params: { id } }) => {
        await found(caller, id);
        return { id, removed: await recordings.remove(id) };
      },
    }),
  ];
}

/** Of which hosts the caller may see recordings; undefined for all, those that are gone included. */
function hostsOf({ hosts }: RouteMaker, { auth, hub }: Ports, caller: Caller): string[] | undefined {
  if (hosts.seesAll(caller)) return undefined;
  return hub.views().filter((host) => auth.mayUse(caller, VERB, host)).map(({ id }) => id);
}

/** What is not there and what is not the caller's business answer alike. */
async function recordingFor(make: RouteMaker, ports: Ports, caller: Caller, id: string): Promise<Recording> {
  const found = await ports.terminals.recordings.get(id);
  if (found !== null && make.hosts.maySee(caller, found.hostId)) return found;
  throw new AppError("not_found", `There is no recording ${id}; it may have been too old, or deleted`);
}

function beforeOf(cursor: string): NonNullable<RecordingsQuery["before"]> {
  const { key, id } = positionOf(ORDER, cursor);
  if (typeof key === "number") return { startedMs: key, id };
  throw new AppError("invalid_input", "cursor must be the `next` of an earlier answer to the same question");
}

/** A host's name may hold anything. */
function fileNameOf(host: string, startedMs: number): string {
  const time = new Date(startedMs).toISOString().replaceAll(/[-:]|\.\d+Z$/g, "");
  return `${host.replaceAll(/[^\w.-]/g, "_").slice(0, 80)}-${time}.cast`;
}
