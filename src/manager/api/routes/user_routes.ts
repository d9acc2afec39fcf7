import { newUser, user, userList, userParams, userPatch } from "../../../protocol/mod.ts";
import type { RouteMaker } from "../guard/manager_route.ts";
import type { ManagerRoute } from "../guard/route_spec.ts";
import type { AuthPort } from "../ports.ts";

const TAG = { tags: ["users"] };

export function userRoutes(make: RouteMaker, { users }: AuthPort): ManagerRoute[] {
  return [
    make.verb("user.manage", {
      ...TAG,
      method: "GET",
      path: "/api/v1/users",
      summary: "Show the users with their roles and scopes",
      response: userList,
      handle: async ({ caller }) => ({ users: await users.list(caller) }),
    }),
    make.verb("user.manage", {
      ...TAG,
      method: "POST",
      path: "/api/v1/users",
      summary: "Make a user",
      body: newUser(),
      response: user,
      errors: ["conflict"],
      audit: {
        action: "user.create",
        subject: ({ body }) => `user ${body?.name ?? ""}`,
        details: ({ body }) => ({ role: body?.role, scope: body?.scope ?? "" }),
      },
      handle: ({ caller, body, signal }) => users.create(caller, body, signal),
    }),
    make.verb("user.manage", {
      ...TAG,
      method: "GET",
      path: "/api/v1/users/{id}",
      summary: "Show one user",
      params: userParams(),
      response: user,
      errors: ["not_found"],
      handle: ({ caller, params }) => users.get(caller, params.id),
    }),
    make.verb("user.manage", {
      ...TAG,
      method: "PATCH",
      path: "/api/v1/users/{id}",
      summary: "Change a user's role, scope or password, or keep him out",
      description: "The last admin who is not disabled keeps the role; a new password ends the user's sessions.",
      params: userParams(),
      body: userPatch(),
      response: user,
      errors: ["not_found", "conflict"],
      audit: {
        action: "user.change",
        subject: ({ params, data }) => `user ${data?.name ?? params.id}`,
        details: ({ body }) => {
          const { password, ...rest } = body ?? {};
          return { ...rest, ...(password !== undefined && { password: "changed" }) };
        },
      },
      handle: ({ caller, params, body, signal }) => users.change(caller, params.id, body, signal),
    }),
    make.verb("user.manage", {
      ...TAG,
      method: "DELETE",
      path: "/api/v1/users/{id}",
      summary: "Remove a user with his sessions and tokens",
      params: userParams(),
      response: user,
      errors: ["not_found", "conflict"],
      audit: { action: "user.remove", subject: ({ params, data }) => `user ${data?.name ?? params.id}` },
      handle: ({ caller, params }) => users.remove(caller, params.id),
    }),
  ];
}
