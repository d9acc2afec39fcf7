import { AppError } from "../../core/mod.ts";
import { type AnyRoute, defineRoute } from "../../http/mod.ts";
import { deliveryAnswer, TASK_PATH, taskDelivery } from "../../protocol/mod.ts";
import type { TaskPorts } from "./ports.ts";
import type { Tasks } from "./tasks.ts";

/** What the manager alone may ask for, through the tunnel. */
export function taskRoutes(tasks: Tasks, { isManager }: Pick<TaskPorts, "isManager">): AnyRoute[] {
  return [
    defineRoute({
      method: "POST",
      path: TASK_PATH,
      summary: "Take a task; answers the same however often it is delivered",
      access: "owner",
      admit({ caller }) {
        if (!isManager(caller)) throw new AppError("forbidden", "Only the manager of this host delivers tasks");
      },
      body: taskDelivery(),
      response: deliveryAnswer,
      errors: ["forbidden", "unavailable", "too_large", "rate_limited"],
      handle: ({ body }) => tasks.deliver(body),
    }),
  ];
}
