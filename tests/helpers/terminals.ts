/** Terminals of a host and a manager's end of a tunnel to them. */
import assert from "node:assert/strict";
import { terminalRoutes, Terminals, type TerminalsOptions } from "../../src/agent/terminal/mod.ts";
import { type Clock, systemClock } from "../../src/core/mod.ts";
import { ApiClient, buildApp } from "../../src/http/mod.ts";
import type { LogRecord } from "../../src/log/mod.ts";
import type { TerminalExit, TerminalView } from "../../src/protocol/mod.ts";
import { type Session, TUNNEL_ORIGIN } from "../../src/tunnel/mod.ts";
import { configIn } from "./loaded_config.ts";
import { recordingLog } from "./recording_log.ts";
import { attach, type AttachOptions, type TerminalClient } from "./terminal_client.ts";
import { tunnelPair } from "./tunnel_pair.ts";

export interface TerminalsHost {
  readonly terminals: Terminals;
  readonly session: Session;
  readonly records: readonly LogRecord[];
  /** Through the tunnel. */
  readonly client: ApiClient;
  /** As on the host's own addresses. */
  readonly local: ApiClient;
  localFetch(request: Request): Promise<Response>;
  open(over?: Record<string, unknown>, caller?: string): Promise<TerminalView>;
  attach(id: string, options?: AttachOptions): Promise<TerminalClient>;
  /** Opens one and attaches to it as its size says. */
  shell(options?: AttachOptions): Promise<TerminalClient & { readonly id: string }>;
  list(): Promise<TerminalView[]>;
  end(id: string, caller?: string): Promise<TerminalExit>;
  /** As a reload would. */
  set(...sets: readonly string[]): Promise<void>;
  stop(signal?: AbortSignal): Promise<void>;
  start(): Promise<void>;
  /** Breaks the tunnel, and makes another. */
  cut(): Session;
}

export interface HostOptions {
  readonly sets?: readonly string[];
  readonly clock?: Clock;
  readonly system?: TerminalsOptions["system"];
}

const never = new AbortController().signal;

export async function withTerminals(
  { sets = [], clock = systemClock, system }: HostOptions,
  use: (host: TerminalsHost) => Promise<void>,
): Promise<void> {
  const { log, records } = recordingLog();
  const configOf = async (...sets: readonly string[]) => (await configIn("/nowhere", ...sets)).config.terminal;
  const terminals = new Terminals({
    ...{ config: await configOf(...sets), clock, log },
    ...(system !== undefined && { system }),
  });
  const component = terminals.component([]);
  const appFor = (caller: unknown) => {
    const gate = () => ({ access: "owner", caller }) as const;
    return buildApp({ title: "t", version: "1", routes: terminalRoutes(terminals), gate, log });
  };
  const [app, localApp] = [appFor("the manager"), appFor(undefined)];
  const pairNow = () => tunnelPair({}, { serve: (request) => app.fetch(request) });
  let pair = pairNow();
  const headersOf = (caller: string | undefined) =>
    caller === undefined ? {} : { "x-farhand-caller": encodeURIComponent(caller) };
  const client = new ApiClient((path, init) => pair.client.fetch(new Request(TUNNEL_ORIGIN + path, init)));
  const call = async (path: string, method: string, body: unknown, caller?: string) => {
    const headers = { "content-type": "application/json", ...headersOf(caller) };
    const init = { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) };
    const { code, msg, data } = await (await pair.client.fetch(new Request(TUNNEL_ORIGIN + path, init))).json();
    assert.equal(code, 0, msg);
    return data;
  };
  const host: TerminalsHost = {
    terminals,
    records,
    client,
    local: new ApiClient((path, init) => Promise.resolve(localApp.request(path, init))),
    localFetch: (request) => Promise.resolve(localApp.fetch(request)),
    get session() {
      return pair.client;
    },
    open: (over = {}, caller = "alice") => call("/v1/terminals", "POST", { cols: 80, rows: 24, ...over }, caller),
    attach: (id, options) => attach(pair.client, id, { caller: "alice", ...options }),
    async shell(options = {}) {
      const { id } = await host.open({ cols: options.cols ?? 200, rows: options.rows ?? 24 });
      return Object.assign(await host.attach(id, options), { id });
    },
    list: async () => (await call("/v1/terminals", "GET", undefined)).terminals,
    end: (id, caller = "alice") => call(`/v1/terminals/${id}`, "DELETE", undefined, caller),
    set: async (...sets) => terminals.reconfigure(await configOf(...sets)),
    stop: (signal = never) => component.stop(signal),
    start: () => component.start(never),
    cut() {
      pair.client.close("cut");
      pair.server.close("cut");
      return (pair = pairNow()).client;
    },
  };
  await component.start(never);
  try {
    await use(host);
  } finally {
    pair[Symbol.dispose](); // so that nobody is left who would have to be told
    await component.stop(never);
  }
}
