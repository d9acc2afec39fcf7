import { type AnyRoute, defineRawRoute, defineRoute, wholeNumberOf } from "../../http/mod.ts";
import {
  abandonedUpload,
  callerIn,
  digestQuery,
  FILE_LIMITS,
  fileAction,
  fileActionReport,
  fileDigest,
  fileList,
  fileRoots,
  filesQuery,
  fileStat,
  fileUpload,
  newUpload,
  pathQuery,
  statQuery,
  tailQuery,
  uploadCommit,
  uploadedFile,
  uploadParams,
  uploadQuery,
} from "../../protocol/mod.ts";
import type { Files } from "./files.ts";
import type { FilesCaller } from "./ports.ts";

const DEFAULT_TAIL_LINES = 10;
const ERRORS = ["not_found", "forbidden", "conflict", "unsupported", "rate_limited", "unavailable"] as const;
const TO_READ = { access: "owner", errors: [...ERRORS] } as const;
const TO_WRITE = { access: "owner", errors: [...ERRORS, "too_large", "no_space"] } as const;

/** What the control API has of files. */
export function filesRoutes(files: Files): AnyRoute[] {
  return [...readingRoutes(files), ...contentRoutes(files), ...changingRoutes(files)];
}

function readingRoutes(files: Files): AnyRoute[] {
  return [
    defineRoute({
      ...TO_READ,
      method: "GET",
      path: "/v1/files/roots",
      summary: "Show which folders of this host can be reached, and what its policy lets the manager do there",
      response: fileRoots,
      handle: ({ signal }) => files.use(signal, (service) => service.roots()),
    }),
    defineRoute({
      ...TO_READ,
      method: "GET",
      path: "/v1/files",
      summary: "List a folder, by name",
      query: filesQuery(),
      response: fileList,
      handle: ({ query: { path, after, limit }, signal }) => {
        const most = { min: 1, max: FILE_LIMITS.maxListed };
        const count = limit === undefined ? FILE_LIMITS.maxListed : wholeNumberOf("limit", limit, most);
        return files.use(signal, (service, ending) => service.list({ path, after, limit: count }, ending));
      },
    }),
    defineRoute({
      ...TO_READ,
      method: "GET",
      path: "/v1/files/stat",
      summary: "Show what a file, folder or link is",
      query: statQuery(),
      response: fileStat,
      handle: ({ query: { path, follow }, signal }) =>
        files.use(signal, (service) => service.stat(path, follow === "true")),
    }),
    defineRoute({
      ...TO_READ,
      method: "GET",
      path: "/v1/files/digest",
      summary: "Compute the SHA-256 of a file, or of its first bytes",
      query: digestQuery(),
      response: fileDigest,
      handle: ({ query: { path, bytes }, signal, caller, headers }) => {
        const count = bytes === undefined
          ? undefined
          : wholeNumberOf("bytes", bytes, { min: 0, max: Number.MAX_SAFE_INTEGER });
        return files.use(
          signal,
          (service, ending) => service.digest({ path, bytes: count }, callerOf(caller, headers, ending)),
        );
      },
    }),
  ];
}

function contentRoutes(files: Files): AnyRoute[] {
  const onlyPath = pathQuery(); // one for both: each takes its memory for as long as the agent runs
  return [
    defineRawRoute({
      ...TO_READ,
      method: "GET",
      path: "/v1/files/content",
      summary: "Send what is in a file, all of it or the part that a Range header asks for",
      query: onlyPath,
      produces: ["application/octet-stream"],
      answers: { 200: "All of it", 206: "The part", 416: "Nothing of the part is in the file" },
      handle: ({ query: { path }, request, signal, caller }) => {
        const [range, withBody] = [request.headers.get("range"), request.method !== "HEAD"];
        return files.use(
          signal,
          (service, ending) => service.content({ path, range, withBody }, callerOf(caller, request.headers, ending)),
        );
      },
    }),
    defineRawRoute({
      ...TO_READ,
      method: "GET",
      path: "/v1/files/tail",
      summary: "Send the last lines of a file as server-sent events, and those that are written from then on",
      description: "Event `line` has the text of a line; `restart` says that the file was replaced by a new one or " +
        "emptied, and is read from its beginning; `failed` has the reason and is the last one.",
      query: tailQuery(),
      produces: ["text/event-stream"],
      handle: ({ query: { path, lines, follow }, signal, caller, headers }) => {
        const most = { min: 0, max: FILE_LIMITS.maxTailLines };
        const count = lines === undefined ? DEFAULT_TAIL_LINES : wholeNumberOf("lines", lines, most);
        const request = { path, lines: count, follow: follow === "true" };
        return files.use(signal, (service, ending) => service.tail(request, callerOf(caller, headers, ending)));
      },
    }),
    defineRawRoute({
      ...TO_READ,
      method: "GET",
      path: "/v1/files/zip",
      summary: "Send a folder with all that is in it as a ZIP archive",
      description: "Links and what is no regular file are left out, and named in the file LEFT-OUT.txt at its end.",
      query: onlyPath,
      produces: ["application/zip"],
      handle: ({ query: { path }, request, signal, caller }) =>
        files.use(
          signal,
          (service, ending) =>
            service.archive(path, request.method !== "HEAD", callerOf(caller, request.headers, ending)),
        ),
    }),
  ];
}

function changingRoutes(files: Files): AnyRoute[] {
  const uploadPath = "/v1/files/uploads/{id}";
  const params = uploadParams();
  return [
    defineRoute({
      ...TO_WRITE,
      method: "POST",
      path: "/v1/files/actions",
      summary: "Make a folder, rename, delete or change the mode of a file",
      body: fileAction(),
      response: fileActionReport,
      handle: ({ body, signal, caller, headers }) =>
        files.use(signal, (service, ending) => service.act(body, callerOf(caller, headers, ending))),
    }),
    defineRoute({
      ...TO_WRITE,
      method: "POST",
      path: "/v1/files/uploads",
      summary: "Begin to send a file to this host",
      body: newUpload(),
      response: fileUpload,
      handle: ({ body, signal, caller, headers }) =>
        files.use(signal, ({ uploads }, ending) => uploads.begin(body, callerOf(caller, headers, ending))),
    }),
    defineRoute({
      ...TO_WRITE,
      method: "GET",
      path: uploadPath,
      summary: "Show how much of an upload has come, or why it has failed",
      params,
      response: fileUpload,
      handle: ({ params: { id }, signal }) => files.use(signal, ({ uploads }) => uploads.view(id)),
    }),
    defineRawRoute({
      ...TO_WRITE,
      method: "PUT",
      path: uploadPath,
      summary: "Add to an upload; what has come stays when the connection breaks",
      params,
      query: uploadQuery(),
      consumes: ["application/octet-stream"],
      produces: ["application/json"],
      handle: async ({ params: { id }, query: { offset }, request, signal, caller }) => {
        const progress = await files.use(
          signal,
          ({ uploads }, ending) =>
            uploads.receive(id, Number(offset), request.body, callerOf(caller, request.headers, ending)),
        );
        return answerOf(progress);
      },
    }),
    defineRoute({
      ...TO_WRITE,
      method: "POST",
      path: `${uploadPath}/commit`,
      summary: "Finish an upload: check it and give the file its name",
      params,
      body: uploadCommit(),
      response: uploadedFile,
      handle: ({ params: { id }, body, signal, caller, headers }) =>
        files.use(signal, ({ uploads }, ending) => uploads.commit(id, body, callerOf(caller, headers, ending))),
    }),
    defineRoute({
      ...TO_WRITE,
      method: "DELETE",
      path: uploadPath,
      summary: "Give an upload up, with what has come of it",
      params,
      response: abandonedUpload,
      handle: ({ params: { id }, signal, caller, headers }) =>
        files.use(signal, async ({ uploads }, ending) => {
          await uploads.abandon(id, callerOf(caller, headers, ending));
          return { id };
        }),
    }),
  ];
}

/** A raw route makes its own answer; the envelope is that of all others. */
function answerOf(data: { readonly receivedBytes: number }): Response {
  return Response.json({ code: 0, msg: "ok", data });
}

/** On the addresses that are this host's own the gates tell of nobody in particular; what a header says there is nobody's word. */
function callerOf(caller: unknown, headers: Headers, signal: AbortSignal): FilesCaller {
  const isManager = caller !== undefined;
  return { by: isManager ? `manager: ${callerIn(headers)}` : "owner", isManager, signal };
}
