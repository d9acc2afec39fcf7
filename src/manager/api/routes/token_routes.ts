import { AppError } from "../../../core/mod.ts";
import {
  apiTokenList,
  joinTokenList,
  madeApiToken,
  madeJoinToken,
  newApiToken,
  newJoinToken,
  revocation,
  tokenParams,
} from "../../../protocol/mod.ts";
import type { RouteMaker } from "../guard/manager_route.ts";
import type { ManagerRoute } from "../guard/route_spec.ts";
import type { AuthPort, ManagerPort } from "../ports.ts";

const API_TOKENS = { tags: ["tokens"] };
const JOIN_TOKENS = { tags: ["join tokens"] };

export function apiTokenRoutes(make: RouteMaker, { apiTokens }: AuthPort): ManagerRoute[] {
  return [
    make.verb("self.manage", {
      ...API_TOKENS,
      method: "GET",
      path: "/api/v1/tokens",
      summary: "Show the caller's API tokens, or everybody's to who manages users",
      response: apiTokenList,
      handle: async ({ caller }) => ({ tokens: await apiTokens.list(caller) }),
    }),
    make.verb("self.manage", {
      ...API_TOKENS,
      method: "POST",
      path: "/api/v1/tokens",
      summary: "Make an API token; its secret is shown this once",
      body: newApiToken(),
      response: madeApiToken,
      errors: ["not_found", "conflict"],
      audit: {
        action: "token.create",
        subject: ({ body }) => `token ${body?.name ?? ""}`,
        details: ({ body, data }) => ({
          id: data?.token.id,
          role: body?.role,
          scope: body?.scope ?? "",
          expiresMs: data?.token.expiresMs,
        }),
      },
      handle: async ({ caller, body }) => {
        const { token, secret } = await apiTokens.create(caller, body);
        return { token, secret: secret.reveal() };
      },
    }),
    make.verb("self.manage", {
      ...API_TOKENS,
      method: "DELETE",
      path: "/api/v1/tokens/{id}",
      summary: "Revoke an API token",
      params: tokenParams(),
      response: revocation,
      errors: ["not_found"],
      audit: { action: "token.revoke", subject: ({ params }) => `token ${params.id}` },
      handle: async ({ caller, params: { id } }) => {
        if (await apiTokens.revoke(caller, id)) return { id, revoked: true };
        throw new AppError("not_found", "There is no such API token; it may have been revoked already");
      },
    }),
  ];
}

export function joinTokenRoutes(make: RouteMaker, { joinTokens }: AuthPort, manager: ManagerPort): ManagerRoute[] {
  return [
    make.verb("join.manage", {
      ...JOIN_TOKENS,
      method: "GET",
      path: "/api/v1/join-tokens",
      summary: "Show the join tokens, by which hosts enrol",
      response: joinTokenList,
      handle: async ({ caller }) => ({ tokens: await joinTokens.list(caller) }),
    }),
    make.verb("join.manage", {
      ...JOIN_TOKENS,
      method: "POST",
      path: "/api/v1/join-tokens",
      summary: "Make a join token, with the commands that use it; its secret is shown this once",
      body: newJoinToken(),
      response: madeJoinToken,
      errors: ["conflict"],
      audit: {
        action: "join.create",
        subject: ({ body, data }) => `join token ${data?.token.name ?? body?.name ?? ""}`,
        details: ({ data }) => ({
          id: data?.token.id,
          maxUses: data?.token.maxUses,
          expiresMs: data?.token.expiresMs,
          labels: data?.token.labels,
        }),
      },
      handle: async ({ caller, body }) => {
        const made = await joinTokens.create(caller, body);
        const secret = made.secret.reveal();
        return { token: made.token, secret, commands: { ...manager.joinCommands(secret) } };
      },
    }),
    make.verb("join.manage", {
      ...JOIN_TOKENS,
      method: "DELETE",
      path: "/api/v1/join-tokens/{id}",
      summary: "Revoke a join token; hosts that have enrolled by it stay",
      params: tokenParams(),
      response: revocation,
      errors: ["not_found"],
      audit: { action: "join.revoke", subject: ({ params }) => `join token ${params.id}` },
      handle: async ({ caller, params: { id } }) => {
        if (await joinTokens.revoke(caller, id)) return { id, revoked: true };
        throw new AppError("not_found", "There is no such join token; it may have been revoked already");
      },
    }),
  ];
}
