import * as z from "zod/mini";
import { epochMs } from "../samples/units.ts";
import { hostFacts, signatureText } from "./enrol.ts";

/**
 * What is said on a new WebSocket of `/tunnel` before the tunnel begins: three text messages, JSON each.
 *
 *   manager → agent   challenge: who the manager is, and a nonce that is good for this connection alone
 *   agent → manager   proof: which host it is, with a signature over `proofText`
 *   manager → agent   welcome, or refusal, after which the manager closes
 *
 * From then on there are binary messages only, of the tunnel; the agent is its client, the manager its server.
 */

export const TUNNEL_PATH = "/tunnel";
/** Neither end waits longer than this for the other's next message of the handshake. */
export const HANDSHAKE_TIMEOUT_MS = 10_000;
/** No message of the handshake is longer. */
export const HANDSHAKE_MAX_BYTES = 16 * 1024;

export const challenge = () =>
  z.object({
    type: z.literal("challenge"),
    managerId: z.string().check(z.maxLength(64)),
    nonce: z.string().check(z.maxLength(64), z.describe("32 random bytes in base64url.")),
    timeMs: epochMs(),
  });
export type Challenge = z.output<ReturnType<typeof challenge>>;

export const proof = () =>
  z.object({
    type: z.literal("proof"),
    hostId: z.string().check(z.minLength(1), z.maxLength(64)),
    signature: signatureText(),
    /** Random, of this run of the agent: tells a reconnect of one agent from a second one with the same identity. */
    runId: z.string().check(z.minLength(8), z.maxLength(64)),
    bootId: z.optional(z.string().check(z.maxLength(64))),
    facts: hostFacts(),
    settingsVersion: z.number().check(z.describe("Of the settings that it has from this manager; 0 for none.")),
  });
export type Proof = z.output<ReturnType<typeof proof>>;

export const welcome = () =>
  z.object({
    type: z.literal("welcome"),
    sessionId: z.string(),
    name: z.string(),
    timeMs: epochMs(),
    heartbeatIntervalMs: z.number(),
    /** Names of the series whose values the heartbeats carry, in this order. */
    series: z.array(z.string()),
    /** What the manager has of this host already, from where the agent goes on. */
    have: z.object({
      sampleMs: z.nullable(epochMs()),
      eventSeq: z.number(),
    }),
  });
export type Welcome = z.output<ReturnType<typeof welcome>>;

/** Codes of core's table; `retryAfterMs` when trying again can help. */
export const refusal = () =>
  z.object({
    type: z.literal("refusal"),
    code: z.number(),
    message: z.string(),
    retryAfterMs: z.optional(z.number()),
  });
export type Refusal = z.output<ReturnType<typeof refusal>>;

export const handshakeVerdict = () => z.discriminatedUnion("type", [welcome(), refusal()]);

export function proofText(of: Pick<Challenge, "managerId" | "nonce" | "timeMs">, hostId: string): string {
  return ["farhand.proof.v1", of.managerId, of.nonce, of.timeMs, hostId].join("\n");
}
