import { AppError } from "../../../core/mod.ts";
import { sinceOf, wholeNumberOf } from "../../../http/mod.ts";
import { auditList, auditQuery, type AuditVerification, auditVerification } from "../../../protocol/mod.ts";
import type { RouteMaker } from "../guard/manager_route.ts";
import type { ManagerRoute } from "../guard/route_spec.ts";
import { limitOf } from "../listing/page.ts";
import type { AuditPort } from "../ports.ts";

const TAG = { tags: ["audit"] };

export function auditRoutes(make: RouteMaker, audit: AuditPort, nowMs: () => number): ManagerRoute[] {
  let verifying: Promise<AuditVerification> | null = null;
  return [
    make.verb("audit.view", {
      ...TAG,
      method: "GET",
      path: "/api/v1/audit",
      summary: "Show who has changed what, from where, and with what result, the newest first",
      query: auditQuery(),
      response: auditList,
      handle: async ({ query: { limit, cursor, actor, action, host, since } }) => {
        const most = limitOf(limit);
        const entries = await audit.list({
          limit: most,
          ...(cursor !== undefined && { before: beforeOf(cursor) }),
          ...(actor !== undefined && { actor }),
          ...(action !== undefined && { action }),
          ...(host !== undefined && { hostId: host }),
          ...(since !== undefined && { sinceMs: sinceOf("since", since, nowMs()) }),
        });
        const last = entries.at(-1);
        const isFull = entries.length >= most && last !== undefined;
        return { entries: [...entries], ...(isFull && { next: String(last.seq) }) };
      },
    }),
    make.verb("audit.view", {
      ...TAG,
      method: "GET",
      path: "/api/v1/audit/verify",
      summary: "Check the chain of the whole audit: that no entry was changed or left out",
      response: auditVerification,
      // All of it is read, so whoever asks while that goes on gets the same answer.
      handle: () => verifying ??= audit.verify().finally(() => verifying = null),
    }),
  ];
}

function beforeOf(cursor: string): number {
  if (/^\d{1,15}$/.test(cursor)) return wholeNumberOf("cursor", cursor, { min: 0, max: Number.MAX_SAFE_INTEGER });
  throw new AppError("invalid_input", "cursor must be the `next` of an earlier answer");
}
