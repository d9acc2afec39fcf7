import * as z from "zod/mini";
import { epochMs } from "../samples/units.ts";

/**
 * `/v1/files` of the control API: the files of a host, below the folders that its config names. Paths are absolute ones
 * of the host, without `.` and `..`: `/var/log/syslog`, `C:\logs\web.log`.
 */

export const FILE_LIMITS = { maxPathChars: 4_096, maxListed: 1_000, maxTailLines: 10_000 } as const;
export const FILE_KINDS = ["file", "directory", "link", "other"] as const;

export const filePath = () => z.string().check(z.minLength(1), z.maxLength(FILE_LIMITS.maxPathChars));
/** As people write it. */
export const fileMode = () =>
  z.string().check(z.regex(/^[0-7]{3,4}$/, "must be a mode such as 0644"), z.describe("In octal: 0644."));
export const fileDigestText = () =>
  z.string().check(z.regex(/^[0-9a-f]{64}$/, "must be a SHA-256 in small hexadecimal letters"));

export const fileRoots = () =>
  z.object({
    /** What the host lets its manager do: its own line `policy.files`. */
    policy: z.enum(["off", "read", "write"]),
    roots: z.array(z.object({ path: z.string(), isWritable: z.boolean() })),
    maxUploadBytes: z.optional(z.number()),
  });
export type FileRoots = z.output<ReturnType<typeof fileRoots>>;

export const fileEntry = () =>
  z.object({
    name: z.string(),
    /** Its name in the file system is no text: it can be seen, and goes with its folder, and nothing else. */
    hasOddName: z.optional(z.boolean()),
    kind: z.enum(FILE_KINDS),
    sizeBytes: z.number(),
    modifiedMs: epochMs(),
    /** Absent where files have no such rights. */
    mode: z.optional(fileMode()),
    user: z.optional(z.string()),
    group: z.optional(z.string()),
    /** Of a link: what stands in it. */
    target: z.optional(z.string()),
    /** Of a link: what it leads to, where that is there and may be reached. */
    targetKind: z.optional(z.enum(FILE_KINDS)),
  });
export type FileEntry = z.output<ReturnType<typeof fileEntry>>;

export const filesQuery = () =>
  z.strictObject({
    path: filePath(),
    after: z.optional(
      z.string().check(z.maxLength(4_096), z.describe("`next` of the answer before, to go on behind it.")),
    ),
    limit: z.optional(z.string().check(z.maxLength(5), z.describe("How many at most; 1000 if absent."))),
  });
export const fileList = () =>
  z.object({
    path: z.string(),
    isWritable: z.boolean(),
    entries: z.array(fileEntry().check(z.describe("By name."))),
    /** Where there are more. */
    next: z.optional(z.string()),
  });
export type FileList = z.output<ReturnType<typeof fileList>>;

export const pathQuery = () => z.strictObject({ path: filePath() });
export const statQuery = () =>
  z.strictObject({
    path: filePath(),
    follow: z.optional(
      z.enum(["true", "false"]).check(z.describe("Whether a link is told as what it leads to; false if absent.")),
    ),
  });
export const fileStat = () =>
  z.extend(fileEntry(), {
    path: z.string(),
    isWritable: z.boolean(),
    /** Of a regular file: another one whenever its content was changed. */
    etag: z.optional(z.string()),
  });
export type FileStat = z.output<ReturnType<typeof fileStat>>;

export const digestQuery = () =>
  z.strictObject({
    path: filePath(),
    bytes: z.optional(
      z.string().check(z.maxLength(16), z.describe("Of so many bytes from the beginning; all if absent.")),
    ),
  });
export const fileDigest = () => z.object({ sha256: fileDigestText(), sizeBytes: z.number(), etag: z.string() });
export type FileDigest = z.output<ReturnType<typeof fileDigest>>;

export const tailQuery = () =>
  z.strictObject({
    path: filePath(),
    lines: z.optional(z.string().check(z.maxLength(6), z.describe("How many of the last ones; 10 if absent."))),
    follow: z.optional(z.enum(["true", "false"]).check(z.describe("Whether to go on with what is written."))),
  });

const FILE_ACTIONS = ["mkdir", "rename", "delete", "chmod"] as const;
export const fileAction = () =>
  z.strictObject({
    action: z.enum(FILE_ACTIONS),
    path: filePath(),
    to: z.optional(filePath().check(z.describe("rename: the new path."))),
    mode: z.optional(fileMode().check(z.describe("chmod, mkdir: the mode."))),
    recursive: z.optional(
      z.boolean().check(
        z.describe("delete: with all that is in it. mkdir: with the folders above that are not there."),
      ),
    ),
    overwrite: z.optional(z.boolean().check(z.describe("rename: replaces a file that has the name."))),
  });
export type FileAction = z.output<ReturnType<typeof fileAction>>;
export const fileActionReport = () =>
  z.object({
    path: z.string(),
    /** delete: how many files and folders are gone. */
    removed: z.optional(z.number()),
  });
export type FileActionReport = z.output<ReturnType<typeof fileActionReport>>;
