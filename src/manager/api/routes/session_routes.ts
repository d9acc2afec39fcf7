import { AppError } from "../../../core/mod.ts";
import { Answer } from "../../../http/mod.ts";
import {
  type LoginAnswer,
  loginAnswer,
  loginRequest,
  me,
  passwordChange,
  revocation,
  sessionList,
  setupRequest,
  setupState,
  ticket,
  tokenParams,
} from "../../../protocol/mod.ts";
import type { RouteMaker } from "../guard/manager_route.ts";
import type { ManagerRoute } from "../guard/route_spec.ts";
import type { AuthPort, LoginResult } from "../ports.ts";

const TAG = { tags: ["sessions"] };

/** The first admin, logging in and out, and what a caller has of himself. */
export function sessionRoutes(make: RouteMaker, auth: AuthPort): ManagerRoute[] {
  return [...setupRoutes(make, auth), ...loginRoutes(make, auth), ...ownRoutes(make, auth)];
}

function setupRoutes(make: RouteMaker, auth: AuthPort): ManagerRoute[] {
  return [
    make.open({
      ...TAG,
      method: "GET",
      path: "/api/v1/setup",
      summary: "Tell whether the first admin has yet to be made",
      response: setupState,
      handle: async () => ({ needed: await auth.setup.needed() }),
    }),
    make.open({
      ...TAG,
      method: "POST",
      path: "/api/v1/setup",
      summary: "Make the first admin, with the secret of the link that the first run prints, and log in",
      body: setupRequest(),
      response: loginAnswer,
      errors: ["unauthorized", "conflict", "rate_limited"],
      audit: {
        action: "setup.finish",
        subject: ({ body }) => `user ${body?.name ?? ""}`,
        actor: ({ data }) => data?.user.name,
      },
      handle: async (asked) => {
        const { body, signal, headers } = asked;
        const { name } = await auth.setup.complete(body, signal);
        const client = { ...make.client(asked), userAgent: headers.get("user-agent") };
        return answerOf(await auth.login({ name, password: body.password }, client, signal));
      },
    }),
  ];
}

function loginRoutes(make: RouteMaker, auth: AuthPort): ManagerRoute[] {
  return [
    make.open({
      ...TAG,
      method: "POST",
      path: "/api/v1/sessions",
      summary: "Log in: with a cookie, or with `bearer` for a token that a command line keeps",
      body: loginRequest(),
      response: loginAnswer,
      errors: ["unauthorized", "rate_limited"],
      audit: {
        action: "session.create",
        subject: ({ body }) => `user ${body?.name ?? ""}`,
        details: ({ body }) => ({ bearer: body?.bearer === true }),
        actor: ({ data }) => data?.user.name,
      },
      handle: async (asked) => {
        const client = { ...make.client(asked), userAgent: asked.headers.get("user-agent") };
        return answerOf(await auth.login(asked.body, client, asked.signal));
      },
    }),
    make.verb("self.manage", {
      ...TAG,
      method: "DELETE",
      path: "/api/v1/sessions/current",
      summary: "Log out",
      response: revocation,
      audit: { action: "session.end", subject: () => "its own session" },
      handle: async (asked) => {
        const { ended, setCookie } = await auth.logout(asked.caller, make.client(asked));
        const data = { id: asked.caller.sessionId ?? "", revoked: ended };
        return asked.caller.csrf === null ? data : new Answer(data, { "set-cookie": setCookie });
      },
    }),
    make.verb("self.manage", {
      ...TAG,
      method: "GET",
      path: "/api/v1/sessions",
      summary: "Show where the caller is logged in",
      response: sessionList,
      errors: ["not_found"],
      handle: async ({ caller }) => ({ sessions: await auth.sessions.list(caller) }),
    }),
    make.verb("self.manage", {
      ...TAG,
      method: "DELETE",
      path: "/api/v1/sessions/{id}",
      summary: "End a session of the caller, or of anybody for who manages users",
      params: tokenParams(),
      response: revocation,
      errors: ["not_found"],
      audit: { action: "session.end", subject: ({ params }) => `session ${params.id}` },
      handle: async ({ caller, params: { id } }) => {
        if (await auth.sessions.revoke(caller, id)) return { id, revoked: true };
        throw new AppError("not_found", "There is no such session; it may have ended already");
      },
    }),
  ];
}

function ownRoutes(make: RouteMaker, auth: AuthPort): ManagerRoute[] {
  return [
    make.verb("self.manage", {
      ...TAG,
      method: "GET",
      path: "/api/v1/me",
      summary: "Show who asks, and what he may do",
      response: me,
      handle: ({ caller }) => auth.me(caller),
    }),
    make.verb("self.manage", {
      ...TAG,
      method: "PUT",
      path: "/api/v1/me/password",
      summary: "Change the caller's password, and end his other sessions",
      body: passwordChange(),
      response: me,
      errors: ["not_found", "rate_limited", "conflict"],
      audit: { action: "user.password", subject: () => "its own password" },
      handle: async ({ caller, body, signal }) => {
        await auth.users.changePassword(caller, body, signal);
        return await auth.me(caller);
      },
    }),
    make.verb("self.manage", {
      ...TAG,
      method: "POST",
      path: "/api/v1/tickets",
      summary: "Give a ticket that opens one WebSocket, good for seconds",
      response: ticket,
      errors: ["rate_limited"],
      handle: ({ caller }) => {
        const made = auth.tickets.issue(caller);
        return { ticket: made.ticket.reveal(), expiresMs: made.expiresMs };
      },
    }),
  ];
}

function answerOf({ user, expiresMs, csrf, token, setCookie }: LoginResult): LoginAnswer | Answer<LoginAnswer> {
  const answer = { user, expiresMs, csrf, ...(token !== null && { token: token.reveal() }) };
  return setCookie === null ? answer : new Answer(answer, { "set-cookie": setCookie });
}
