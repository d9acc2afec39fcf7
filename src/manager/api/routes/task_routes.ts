import { AppError } from "../../../core/mod.ts";
import { wholeNumberOf } from "../../../http/mod.ts";
import {
  type Batch,
  batch,
  type Caller,
  madeTasks,
  MAX_TASK_OUTPUT_BYTES,
  newTasks,
  type Task,
  task,
  TASK_STATES,
  taskList,
  taskListQuery,
  taskParams,
} from "../../../protocol/mod.ts";
import type { RouteMaker } from "../guard/manager_route.ts";
import type { ManagerRoute } from "../guard/route_spec.ts";
import { cursorText, positionOf } from "../listing/cursor.ts";
import { wordsOf } from "../listing/host_query.ts";
import { limitOf } from "../listing/page.ts";
import type { ApiPorts, TaskListQuery } from "../ports.ts";
import { agentTarget } from "../remote/agent_target.ts";
import { describe } from "../remote/description.ts";
import { hostsFor, targetOf } from "./task_targets.ts";

const TAG = { tags: ["tasks"] };
const ORDER = "tasks";

type TaskPorts = Pick<ApiPorts, "auth" | "hub" | "tasks">;

/** What the manager owes its hosts. */
export function taskRoutes(make: RouteMaker, ports: TaskPorts): ManagerRoute[] {
  return [...readRoutes(make, ports), ...changeRoutes(make, ports)];
}

function readRoutes(make: RouteMaker, { tasks }: TaskPorts): ManagerRoute[] {
  return [
    make.verb("task.view", {
      ...TAG,
      method: "GET",
      path: "/api/v1/tasks",
      summary: "Show the tasks of the hosts that the caller may see, the newest first",
      query: taskListQuery(),
      response: taskList,
      errors: ["not_found"],
      handle: async ({ caller, query }) => {
        const { host, batch, state, cursor } = query;
        const most = outputLimit(query.output);
        const isByBatch = query.group === "batch";
        const mayShow = make.hosts.mayShow(caller);
        const page = await tasks.list({
          limit: limitOf(query.limit),
          ...(mayShow !== undefined && { mayShow }),
          ...(host !== undefined && { hostIds: [make.hosts.idOf(caller, host)] }),
          ...(batch !== undefined && { batchId: batch }),
          ...(isByBatch && { isByBatch }),
          ...(state !== undefined && { states: wordsOf("state", state, TASK_STATES) }),
          ...(cursor !== undefined && { before: beforeOf(cursor) }),
        });
        const next = page.next === null
          ? {}
          : { next: cursorText(ORDER, { key: page.next.createdMs, id: page.next.id }) };
        const batches = isByBatch ? { batches: await batchesOf(tasks, page.tasks) } : {};
        return { tasks: page.tasks.map((each) => withOutput(each, most)), ...batches, ...next };
      },
    }),
    make.verb("task.view", {
      ...TAG,
      method: "GET",
      path: "/api/v1/tasks/{id}",
      summary: "Show one task with what has come of it",
      params: taskParams(),
      response: task,
      errors: ["not_found"],
      handle: ({ caller, params }) => taskFor(make, tasks, caller, params.id),
    }),
    make.verb("task.view", {
      ...TAG,
      method: "GET",
      path: "/api/v1/batches/{id}",
      summary: "Show how far the tasks are that were made together",
      params: taskParams(),
      response: batch,
      errors: ["not_found"],
      handle: async ({ caller, params: { id } }) => {
        const found = await tasks.batch(id);
        const mayShow = make.hosts.mayShow(caller);
        const isSeen = found !== null &&
          (mayShow === undefined || (await tasks.list({ batchId: id, mayShow, limit: 1 })).tasks.length > 0);
        if (isSeen) return found;
        throw new AppError("not_found", `There is no batch ${id}; it may have been forgotten`);
      },
    }),
  ];
}

function changeRoutes(make: RouteMaker, { auth, hub, tasks }: TaskPorts): ManagerRoute[] {
  return [
    make.verb("task.create", {
      ...TAG,
      method: "POST",
      path: "/api/v1/tasks",
      summary: "Have hosts do something once, now or when they are there again",
      description:
        "Hosts by id, or by a selector, which means those of them that the caller may use. The operation is " +
        "a request to the host's own control API, and needs the verb of that route.",
      body: newTasks(),
      response: madeTasks,
      errors: ["not_found", "conflict", "unsupported", "rate_limited"],
      audit: {
        action: "task.create",
        subject: ({ body, data }) =>
          `${body?.operation.method} ${body?.operation.path} on ${data?.hosts.length ?? "?"} hosts`,
        details: ({ body, data }) => {
          const target = body === undefined ? null : agentTarget(body.operation.method, body.operation.path);
          return {
            title: body?.title,
            select: body?.select,
            hosts: body?.hosts?.slice(0, 50),
            dryRun: body?.dryRun === true,
            batchId: data?.batch?.id,
            ...(target !== null && { operation: describe(target.access, body?.operation.body) }),
          };
        },
      },
      handle: ({ caller, body }) => {
        const { access } = targetOf(body.operation);
        const allowed = hostsFor(make, { auth, hub }, caller, body, access.verb);
        const ids = body.hosts === undefined ? {} : { hosts: allowed.map(({ id }) => id) };
        return tasks.create({ ...body, ...ids }, caller, allowed);
      },
    }),
    make.verb("task.create", {
      ...TAG,
      method: "DELETE",
      path: "/api/v1/tasks/{id}",
      summary: "Cancel a task; one that runs is stopped if its host can do that",
      params: taskParams(),
      response: task,
      errors: ["not_found", "conflict"],
      audit: {
        action: "task.cancel",
        subject: ({ params, data }) => data === undefined ? `task ${params.id}` : `task ${data.id} of ${data.host}`,
      },
      handle: async ({ caller, params }) => {
        const { id, hostId, operation } = await taskFor(make, tasks, caller, params.id);
        const host = hub.view(hostId);
        // Whoever cancels must be allowed to do what he keeps from being done.
        if (host !== null) auth.authorise(caller, targetOf(operation).access.verb, host);
        return await tasks.cancel(id, caller);
      },
    }),
  ];
}

/** Those that are still known. */
async function batchesOf(tasks: TaskPorts["tasks"], shown: readonly Task[]): Promise<Batch[]> {
  const ids = new Set(shown.map(({ batchId }) => batchId));
  const found = await Promise.all(Array.from(ids, (id) => tasks.batch(id)));
  return found.filter((each) => each !== null);
}

function outputLimit(text: string | undefined): number {
  return text === undefined ? Infinity : wholeNumberOf("output", text, { min: 0, max: MAX_TASK_OUTPUT_BYTES });
}

/** A list of a thousand outputs is more than anybody reads. */
function withOutput(task: Task, most: number): Task {
  const { result } = task;
  if (result === undefined || result.output.length <= most) return task;
  return { ...task, result: { ...result, output: result.output.slice(0, most), truncated: true } };
}

async function taskFor(make: RouteMaker, tasks: TaskPorts["tasks"], caller: Caller, id: string): Promise<Task> {
  const found = await tasks.get(id);
  if (found !== null && make.hosts.maySee(caller, found.hostId)) return found;
  throw new AppError("not_found", `There is no task ${id}; it may have been forgotten`);
}

function beforeOf(cursor: string): NonNullable<TaskListQuery["before"]> {
  const { key, id } = positionOf(ORDER, cursor);
  if (typeof key === "number") return { createdMs: key, id };
  throw new AppError("invalid_input", "cursor must be the `next` of an earlier answer to the same question");
}
