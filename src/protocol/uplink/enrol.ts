import * as z from "zod/mini";
import { epochMs } from "../samples/units.ts";

/** `POST /api/v1/enrol`: how an agent becomes a host of a manager, once, with a join token. */

export const ENROL_PATH = "/api/v1/enrol";
/** The manager's own certificate authority, PEM; whoever pins its fingerprint fetches it here, unverified, and checks. */
export const AUTHORITY_PATH = "/ca.pem";

/** What a host says of itself. All of it is a claim, shown as text and never trusted. */
export const hostFacts = () =>
  z.object({
    hostname: z.string().check(z.maxLength(255)),
    os: z.string().check(z.maxLength(32), z.describe("linux, windows or darwin.")),
    arch: z.string().check(z.maxLength(32)),
    version: z.string().check(z.maxLength(64), z.describe("Of the agent.")),
    osName: z.optional(z.string().check(z.maxLength(128), z.describe("Debian GNU/Linux 12, Windows Server 2022 …"))),
    kernel: z.optional(z.string().check(z.maxLength(128))),
    machineId: z.optional(z.string().check(z.maxLength(64), z.describe("Of the installation; cloned disks share it."))),
    cpuCores: z.optional(z.number()),
    memoryTotalBytes: z.optional(z.number()),
    diskTotalBytes: z.optional(z.number()),
    address: z.optional(z.string().check(z.maxLength(64), z.describe("That it uses towards the manager."))),
    /** What the host's owner lets the manager do there. */
    policy: z.optional(z.record(z.string().check(z.maxLength(16)), z.string().check(z.maxLength(8)))),
  });
export type HostFacts = z.output<ReturnType<typeof hostFacts>>;

const base64Url = (bytes: number) => {
  const characters = Math.ceil(bytes * 4 / 3);
  return z.string().check(z.regex(new RegExp(`^[A-Za-z0-9_-]{${characters}}$`), `must be ${bytes} bytes in base64url`));
};
export const publicKeyText = () => base64Url(32);
export const signatureText = () => base64Url(64);

export const enrolRequest = () =>
  z.object({
    token: z.string().check(z.minLength(8), z.maxLength(256)),
    publicKey: publicKeyText().check(z.describe("Ed25519, raw.")),
    timeMs: epochMs(),
    /** Over `enrolmentText`, so that nobody enrols a key that is not his. */
    signature: signatureText(),
    name: z.optional(z.string().check(z.maxLength(80), z.describe("That it would like; the hostname otherwise."))),
    facts: hostFacts(),
  });
export type EnrolRequest = z.output<ReturnType<typeof enrolRequest>>;

/** Enrolling a key again, by a valid token, gives the host that it already is. */
export const enrolAnswer = () =>
  z.object({
    hostId: z.string(),
    managerId: z.string(),
    name: z.string(),
  });
export type EnrolAnswer = z.output<ReturnType<typeof enrolAnswer>>;

export function enrolmentText(publicKey: string, token: string, timeMs: number): string {
  return ["farhand.enrol.v1", publicKey, token, timeMs].join("\n");
}
