import type { AppError } from "../../core/mod.ts";
import { dropSocket } from "../../http/mod.ts";
import { createSession, webSocketTransport } from "../../tunnel/mod.ts";
import { Arrivals, type OpenTunnel } from "./arrivals.ts";
import { Enrolment } from "./enrolment.ts";
import { DOORWAY_LIMITS } from "./handshake/doorway.ts";
import { Entrance } from "./handshake/entrance.ts";
import { HostChanges } from "./host_changes.ts";
import { Conduct } from "./hosts/conduct.ts";
import { Directory } from "./hosts/directory.ts";
import type { HostEntry } from "./hosts/host_entry.ts";
import { ProcessKeeper } from "./hosts/process_keeper.ts";
import { RecordWriter } from "./hosts/record_writer.ts";
import { Leaving } from "./leaving.ts";
import { HUB_DEFAULTS, type HubOptions } from "./options.ts";
import type { HostRecord } from "./ports.ts";
import { PresenceKeeper } from "./presence/presence_keeper.ts";
import { Reach } from "./reach.ts";
import { EventTaker } from "./reports/event_taker.ts";
import { HeartbeatTaker } from "./reports/heartbeat_taker.ts";
import { ReportApp } from "./reports/report_app.ts";
import { Workers } from "./workers.ts";

/** The parts of the hub, each of which knows only what it is given here. */
export interface Assembly {
  readonly directory: Directory;
  readonly writer: RecordWriter;
  readonly presence: PresenceKeeper;
  readonly processes: ProcessKeeper;
  readonly leaving: Leaving;
  readonly heartbeats: HeartbeatTaker;
  readonly reports: ReportApp;
  readonly arrivals: Arrivals;
  readonly entrance: Entrance;
  readonly changes: HostChanges;
  readonly enrolment: Enrolment;
  readonly workers: Workers;
  readonly reach: Reach;
  /** How many were turned away, by code. */
  readonly refused: Map<string, number>;
}

/** Reports of one host that are handled at a time; an agent makes one after the other. */
const MAX_SERVED = 16;

export function assemble(given: HubOptions): Assembly {
  const options = { ...HUB_DEFAULTS, ...given };
  const { ports, clock, log, random, newId } = options;
  const directory = new Directory(ports.samples, log);
  const writer = new RecordWriter(ports, clock, log);
  const shared = { clock, log, directory, writer };
  const presence = new PresenceKeeper({ ...shared, events: ports.events });
  const processes = new ProcessKeeper(shared);
  const conduct = new Conduct({ ...options, ...ports });
  const parts = { ...options, ...ports, ...shared, presence, processes, conduct };
  const leaving = new Leaving(clock, random, () => directory.size - arrivals.sessions);
  const heartbeats = new HeartbeatTaker({ ...parts, drainMs: () => leaving.drainMs() });
  const reports = new ReportApp({ ...parts, heartbeats, events: new EventTaker(clock, ports.events, processes) });
  const arrivals: Arrivals = new Arrivals({
    ...parts,
    newId,
    openTunnel: options.openTunnel ?? realTunnel(options),
    laterMs: () => leaving.laterMs(),
    isStopping: () => leaving.hasBegun,
    serve: (entry, link, request) => reports.answer(entry, link, request),
    onSocketOver: (socket) => entrance.ended(socket),
  });
  const refused = new Map<string, number>();
  const entrance: Entrance = new Entrance({
    ...parts,
    limits: { ...DOORWAY_LIMITS, ...options.doorway },
    drop: options.dropSocket ?? dropSocket,
    decide: (...of) => arrivals.decide(...of),
    laterMs: () => leaving.laterMs(),
    onRefused: ({ code }: AppError) => void refused.set(code, (refused.get(code) ?? 0) + 1),
  });
  const changes = new HostChanges({ ...parts, arrivals: () => arrivals });
  const add = (record: HostRecord): HostEntry => changes.add(record);
  return {
    ...parts,
    leaving,
    heartbeats,
    reports,
    arrivals,
    entrance,
    changes,
    enrolment: new Enrolment({ ...parts, newId, add }),
    workers: new Workers({ ...parts, count: () => changes.workers, add }),
    reach: new Reach(directory),
    refused,
  };
}

function realTunnel({ clock, log }: HubOptions): OpenTunnel {
  return (socket, { serve, onEnd }) =>
    createSession(webSocketTransport(socket), {
      role: "server",
      clock,
      limits: { maxServed: MAX_SERVED },
      serve,
      onEnd,
      onServeError: (error) => log.error("an answer to a host failed", { error }),
    });
}
