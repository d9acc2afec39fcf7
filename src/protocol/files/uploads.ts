import * as z from "zod/mini";
import { epochMs } from "../samples/units.ts";
import { fileDigestText, fileMode, filePath } from "./files.ts";

/**
 * `/v1/files/uploads` of the control API: a file on its way to a host. It grows beside its target under another name, is
 * checked, and gets its own name in one step. Who was cut off asks how much has come, and goes on from there.
 */

export const newUpload = () =>
  z.strictObject({
    path: filePath(),
    sizeBytes: z.optional(
      z.int().check(
        z.nonnegative(),
        z.describe("Absent where the sender does not know; then it says so when it commits."),
      ),
    ),
    sha256: z.optional(fileDigestText()),
    mode: z.optional(fileMode().check(z.describe("That of the file that it replaces, or 0644, if absent."))),
    overwrite: z.optional(z.boolean().check(z.describe("Whether it may replace a file."))),
  });
export type NewUpload = z.output<ReturnType<typeof newUpload>>;

export const fileUpload = () =>
  z.object({
    id: z.string(),
    path: z.string(),
    receivedBytes: z.number(),
    sizeBytes: z.optional(z.number()),
    /** When it is given up unless more comes. */
    expiresMs: epochMs(),
  });
export type FileUpload = z.output<ReturnType<typeof fileUpload>>;

export const uploadParams = () =>
  z.object({ id: z.string().check(z.regex(/^[0-9a-f]{32}$/, "is no id of an upload")) });
export const uploadQuery = () =>
  z.strictObject({
    offset: z.string().check(z.regex(/^\d{1,15}$/), z.describe("Where the body begins: how much has come before.")),
  });
/** Of a PUT whose offset is not that, the error's details hold the same. */
export const uploadProgress = () => z.object({ receivedBytes: z.number() });
export type UploadProgress = z.output<ReturnType<typeof uploadProgress>>;

export const abandonedUpload = () => z.object({ id: z.string() });

export const uploadCommit = () =>
  z.strictObject({
    sha256: z.optional(fileDigestText()),
    sizeBytes: z.optional(z.int().check(z.nonnegative())),
  });
export type UploadCommit = z.output<ReturnType<typeof uploadCommit>>;
export const uploadedFile = () => z.object({ path: z.string(), sizeBytes: z.number(), sha256: fileDigestText() });
export type UploadedFile = z.output<ReturnType<typeof uploadedFile>>;
