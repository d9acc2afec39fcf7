import type { JoinToken } from "../../../protocol/mod.ts";

export type TokenState = "valid" | "used_up" | "expired" | "revoked";

export function tokenState({ revoked, expiresMs, uses, maxUses }: JoinToken, nowMs: number): TokenState {
  if (revoked) return "revoked";
  if (expiresMs <= nowMs) return "expired";
  return uses >= maxUses ? "used_up" : "valid";
}
