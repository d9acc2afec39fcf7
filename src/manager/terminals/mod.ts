/**
 * manager/terminals (L3): the way from a guest's WebSocket through a host's tunnel to a terminal that lives there, and the
 * recordings of what terminals have shown.
 *
 *   attachment.ts   one guest at one terminal; guest.ts his socket, input_queue.ts what he sends, shown.ts what he is sent
 *   recording/      asciicast files below the data directory, and the index of them in the store: cast.ts what stands in
 *                   them, recorder.ts one that goes on, recorders.ts all that do, upkeep.ts bounds and repair
 *
 * Lifecycle: one component, `terminals`. Its start repairs what a killed manager has left, in the background; its stop asks the
 * guests to come back later, and ends the recordings. Who may attach, and the audit of it, are the API's business.
 *
 * Nothing here grows: of either direction of a guest a window is kept, of a recording what one second brings. A terminal has one
 * recording, however many use it and however often they come back.
 *
 * To add one more frame between guest and host: protocol/terminal, then shown.ts or input_queue.ts.
 *
 * May import: core, log, platform, protocol, lifecycle, http, tunnel.
 *
 * @module
 */
export type { AttachmentEnd, AttachmentTold } from "./attachment.ts";
export type { GuestSocket } from "./guest.ts";
export type {
  HostsPort,
  RecordingChange,
  RecordingIndexPort,
  RecordingQuery,
  RecordingRecord,
  TerminalsPorts,
} from "./ports.ts";
export type { Cast, RecordingPage } from "./recording/recordings.ts";
export {
  type Attached,
  type AttachRequest,
  recordingsDir,
  Terminals,
  type TerminalsOptions,
  type TerminalsSettings,
} from "./terminals.ts";
