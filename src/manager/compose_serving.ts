import { join } from "node:path";
import { type Clock, type Secret, VERSION } from "../core/mod.ts";
import type { ManagerConfig } from "../config/mod.ts";
import {
  type Admission,
  buildApp,
  createLocalServer,
  type HttpServerOptions,
  readTokenFileSync,
  type SyncGate,
  type TlsIdentity,
} from "../http/mod.ts";
import type { Component, Lifecycle } from "../lifecycle/mod.ts";
import type { Logger } from "../log/mod.ts";
import type { ManagerStatus } from "../protocol/mod.ts";
import { Allowances, type ApiPorts, ManagerApi, type ManagerFetch, securityHeaders } from "./api/mod.ts";
import { LOCAL_CALLER } from "./auth/mod.ts";
import { type Authority, Certificates, type GivenFiles, type NamesInUse } from "./certificates/mod.ts";
import type { Parts } from "./compose_parts.ts";
import { ConsoleFiles, loadAssets } from "./console/mod.ts";
import { joinCommands } from "./join_commands.ts";
import { Listener } from "./listener.ts";
import { FleetSearch } from "./log_search/mod.ts";
import { type LocalPorts, localRoutes } from "./local_routes.ts";
import { listenOf } from "./own_address.ts";

export interface ServingOptions {
  readonly config: ManagerConfig;
  readonly parts: Parts;
  readonly lifecycle: Lifecycle;
  readonly logOf: (component: string) => Logger;
  readonly clock: Clock;
  readonly url: () => string;
  readonly names: () => Promise<NamesInUse>;
  readonly local: LocalPorts;
  readonly status: () => Promise<ManagerStatus>;
}

/** The addresses by which the manager is asked: the control socket, and that for people and agents. */
export interface Serving {
  readonly controlSocket: Component;
  /** What needs the manager's parts to be there, which `dependsOn` names. */
  components(dependsOn: readonly string[]): Component[];
  readonly listener: Listener;
  /** Null where it serves plain HTTP. */
  readonly certificates: Certificates | null;
  /** What is wrong with the certificate; null when nothing is. */
  certificateTrouble(): string | null;
  caFingerprint(): string | undefined;
}

/** A first view takes some ten of them, a later one the page alone; a proxy before the manager asks for all its people. */
const CONSOLE_FILES = { burst: 400, everyMs: 10 };

/** What is asked for below it is answered in the API's own words, whoever asks. */
const API = "/api/";

export function composeServing(options: ServingOptions): Serving {
  const { config, parts, lifecycle } = options;
  const listen = listenOf(config);
  let trouble: string | null = null;
  const onTrouble = (reason: string | null) => {
    trouble = reason;
    if (reason === null) lifecycle.report("certificates", "ok");
    else lifecycle.report("certificates", "degraded", reason);
  };
  const certificates = listen.secure ? composeCertificates(options, (next) => listener.replace(next), onTrouble) : null;
  const authority = () => certificates?.found()?.authority ?? null;
  const api = composeApi(options, authority);
  const isSecure = listen.secure || config.public_url.startsWith("https:");
  const listener: Listener = new Listener({
    listen,
    identity: () => certificates?.found()?.identity ?? null,
    fetch: withConsole(options, isSecure, api.app({ gate: parts.auth.gate, isSecure })),
    log: options.logOf("listener"),
  });
  const controlSocket = createLocalServer({
    name: "control-socket",
    path: config.control.socket,
    fetchBehind: (gate) => localFetch(options, api, gate),
  });
  const own = certificates === null ? [] : ["certificates"];
  return {
    controlSocket: { ...controlSocket, dependsOn: ["instance"] },
    components: (dependsOn) => [
      api.component(dependsOn),
      ...(certificates === null ? [] : [certificates.component(dependsOn)]),
      listener.component(["api", ...own]),
    ],
    listener,
    certificates,
    certificateTrouble: () => trouble,
    caFingerprint: () => authority()?.fingerprint,
  };
}

/** The console's pages and files; everything else is the API's, and the console's again where there is nothing. */
function withConsole({ clock, logOf }: ServingOptions, isSecure: boolean, api: ManagerFetch): ManagerFetch {
  const allowances = new Allowances(clock, CONSOLE_FILES);
  const log = logOf("console");
  const files = new ConsoleFiles({
    load: loadAssets,
    take: (address) => allowances.take(address) !== null,
    onFailure: (error) => log.error("the console could not be served", { error }),
    headers: securityHeaders(isSecure),
  });
  return async (request, connection) => {
    const file = files.answer(request, connection.address);
    if (file !== null) return file;
    const answer = await api(request, connection);
    if (answer.status !== 404 || new URL(request.url).pathname.startsWith(API)) return answer;
    return files.missing(request, connection.address) ?? answer;
  };
}

function composeCertificates(
  { config, names, clock, logOf }: ServingOptions,
  serve: (identity: TlsIdentity) => Promise<void>,
  onTrouble: (reason: string | null) => void,
): Certificates {
  return new Certificates({
    given: givenFiles(config),
    dir: join(config.data_dir, "tls"),
    names,
    clock,
    log: logOf("certificates"),
    onChange: ({ identity }) => serve(identity),
    onTrouble,
  });
}

/** The user's own certificate, where the config names one. */
export function givenFiles({ tls }: ManagerConfig): GivenFiles | null {
  return tls.cert_file === "" ? null : { certFile: tls.cert_file, keyFile: tls.key_file };
}

function composeApi(options: ServingOptions, authority: () => Authority | null): ManagerApi {
  const { config, parts, lifecycle, clock, logOf, url, status } = options;
  const { auth, hub, samples, settings, tasks, events, audit, store, terminals } = parts;
  const manager = {
    health: () => ({ state: lifecycle.overall(), components: lifecycle.status() }),
    status,
    authority: () => authority()?.pem ?? null,
    store: () => store.report(),
    joinCommands: (secret: string) => joinCommands(url(), authority()?.fingerprint, secret),
  };
  const logSearch: ApiPorts["logSearch"] = {
    search: (request, signal) => new FleetSearch(request, { hosts: hub, clock }).run(signal),
  };
  const { worker_heartbeat: worker, metrics } = config;
  return new ManagerApi({ auth, hub, samples, settings, tasks, events, audit, manager, terminals, logSearch }, {
    clock,
    log: logOf("api"),
    version: VERSION,
    metrics: { fleet: metrics.fleet, token: tokenIn("metrics.token_file", metrics.token_file) },
    workerToken: worker.enabled ? tokenIn("worker_heartbeat.token_file", worker.token_file) : null,
  });
}

function tokenIn(key: string, file: string): Secret | null {
  return file === "" ? null : readTokenFileSync(key, file);
}

/** On the control socket: all of the API as the owner of the manager's files, and what only he may do. */
function localFetch({ local, logOf }: ServingOptions, api: ManagerApi, endpoint: SyncGate): HttpServerOptions["fetch"] {
  const gate = (request: Request): Admission => {
    const access = endpoint(request);
    return { access, caller: access === "owner" ? LOCAL_CALLER : null };
  };
  const log = logOf("control");
  const title = "Farhand manager: control socket";
  const own = buildApp({ title, version: VERSION, routes: localRoutes(local), gate, log });
  const shared = api.app({ gate, isSecure: false });
  return (request, connection) => {
    const isOwn = new URL(request.url).pathname.startsWith("/v1/");
    return isOwn ? own.fetch(request, connection) : shared(request, connection);
  };
}
