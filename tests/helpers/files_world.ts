/** The part `files` of an agent as a whole, with an app of its routes over a temporary directory. */
import { join } from "node:path";
import { Files, type FilesPorts, filesRoutes } from "../../src/agent/files/mod.ts";
import { ByteSize, type Clock, Duration, systemClock } from "../../src/core/mod.ts";
import { ApiClient, buildApp, type Gate, trustedGate } from "../../src/http/mod.ts";
import {
  CALLER_HEADER,
  type FileAction,
  fileActionReport,
  fileList,
  type FileUpload,
  fileUpload,
  type NewUpload,
  uploadedFile,
} from "../../src/protocol/mod.ts";
import { recordingLog } from "./recording_log.ts";
import { inTempDir } from "./temp_dir.ts";

const never = new AbortController().signal;

export interface FilesWorldOptions {
  readonly roots?: (dir: string) => ReturnType<FilesPorts["config"]>["roots"];
  readonly maxUploadBytes?: number;
  readonly clock?: Clock;
  /** Whether the manager asks, instead of the owner. */
  readonly byManager?: boolean;
}

export interface FilesWorld {
  /** The root that can be reached. */
  readonly root: string;
  /** The agent's own directory, which is in the root. */
  readonly workDir: string;
  readonly records: ReturnType<typeof recordingLog>["records"];
  readonly api: ApiClient;
  readonly files: Files;
  request(path: string, init?: RequestInit): Promise<Response>;
  /** The path of something in the root. */
  at(...names: string[]): string;
  text(name: string, content: string | Uint8Array): Promise<string>;
  names(folder?: string): Promise<string[]>;
  act(action: FileAction): Promise<unknown>;
  begin(upload: NewUpload): Promise<FileUpload>;
  put(id: string, offset: number, body: BodyInit | null): Promise<Response>;
  commit(id: string, given?: object): Promise<{ path: string; sizeBytes: number; sha256: string }>;
  /** Stops the agent's part and makes a new one, as a restart does. */
  restart(): Promise<void>;
}

const managersGate: Gate = () => ({ access: "owner", caller: "a manager" });

export function withFiles(use: (world: FilesWorld) => Promise<void>, options: FilesWorldOptions = {}): Promise<void> {
  return inTempDir(async (dir) => {
    const root = await Deno.realPath(dir);
    const workDir = join(root, "agent");
    await Deno.mkdir(workDir, { mode: 0o700 });
    const { log, records } = recordingLog();
    const { clock = systemClock, maxUploadBytes = 0, roots = (path) => [{ path, write: true }] } = options;
    const make = () =>
      new Files({
        clock,
        log,
        uploadsDir: join(workDir, "uploads"),
        ports: {
          config: () => ({
            roots: roots(root),
            max_upload_bytes: new ByteSize(maxUploadBytes),
            upload_expiry: new Duration(86_400_000),
          }),
          policy: () => "write",
          ownPaths: () => [workDir, join(root, "agent.yaml")],
        },
      });
    const parts = { files: make(), component: undefined as unknown as ReturnType<Files["component"]> };
    const gate = options.byManager === true ? managersGate : trustedGate;
    const begin = async () => {
      parts.component = parts.files.component([]);
      await parts.component.start(never);
    };
    await begin();
    const app = () => buildApp({ title: "t", version: "1", routes: filesRoutes(parts.files), gate, log });
    let current = app();
    const headers: Record<string, string> = options.byManager === true ? { [CALLER_HEADER]: "alice%0Aroot" } : {};
    const request = (path: string, init: RequestInit = {}) =>
      Promise.resolve(
        current.request(path, { ...init, headers: { ...headers, ...init.headers as Record<string, string> } }),
      );
    const api = new ApiClient(request);
    const call = (path: string, body: unknown) => api.call(path, { method: "POST", body });
    try {
      await use({
        root,
        workDir,
        records,
        api,
        get files() {
          return parts.files;
        },
        request,
        at: (...names) => join(root, ...names),
        async text(name, content) {
          const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
          await Deno.writeFile(join(root, name), bytes);
          return join(root, name);
        },
        async names(folder = root) {
          const { entries } = fileList().parse(await api.call(`/v1/files?path=${encodeURIComponent(folder)}`));
          return entries.map(({ name }) => name);
        },
        act: async (action) => fileActionReport().parse(await call("/v1/files/actions", action)),
        begin: async (upload) => fileUpload().parse(await call("/v1/files/uploads", upload)),
        put: (id, offset, body) => request(`/v1/files/uploads/${id}?offset=${offset}`, { method: "PUT", body }),
        commit: async (id, given = {}) => uploadedFile().parse(await call(`/v1/files/uploads/${id}/commit`, given)),
        async restart() {
          await parts.component.stop(never);
          parts.files = make();
          await begin();
          current = app();
        },
      });
    } finally {
      await parts.component.stop(never);
    }
  });
}
