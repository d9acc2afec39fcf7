import { AppError } from "../../core/mod.ts";
import { type AnyRoute, defineRoute } from "../../http/mod.ts";
import { deliveryAnswer, TASK_PATH, taskDelivery, taskParams } from "../../protocol/mod.ts";
import type { TaskPorts } from "./ports.ts";
import type { Tasks } from "./tasks.ts";

/** What the manager alone may ask for, through the tunnel. */
export function taskRoutes(tasks: Tasks, { isManager }: Pick<TaskPorts, "isManager">): AnyRoute[] {
  const admit = ({ caller }: { readonly caller: unknown }) => {
    if (!isManager(caller)) throw new AppError("forbidden", "Only the manager of this host delivers tasks");
  };
  return [
    defineRoute({
      method: "POST",
      path: TASK_PATH,
      summary: "Take a task; answers the same however often it is delivered",
      access: "owner",
      admit,
      body: taskDelivery(),
      response: deliveryAnswer,
      errors: ["forbidden", "unavailable", "too_large", "rate_limited"],
      handle: ({ body }) => tasks.deliver(body),
    }),
    defineRoute({
      method: "DELETE",
      path: `${TASK_PATH}/{id}`,
      summary: "Leave a task, or end it if it runs; answers when it is over",
      access: "owner",
      admit,
      params: taskParams(),
      response: deliveryAnswer,
      errors: ["forbidden", "unavailable", "not_found"],
      handle: ({ params }) => tasks.cancel(params.id),
    }),
  ];
}
