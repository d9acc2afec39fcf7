import * as z from "zod/mini";

/**
 * `POST /api/worker/heartbeat`: what existing workers send that cannot hold a WebSocket. Their field names, and none of
 * the manager's envelope rules beyond it; fields that they leave out or send as text are forgiven.
 */

const amount = () => z.optional(z.nullable(z.union([z.number(), z.string().check(z.maxLength(40))])));
const words = (most: number) => z.optional(z.nullable(z.string().check(z.maxLength(most))));

export const workerHeartbeat = () =>
  z.object({
    port: amount(),
    info: z.object({
      ip: words(64),
      hostname: z.string().check(z.minLength(1), z.maxLength(255)),
      mac_addr: words(64),
      os: words(128),
      arch: words(64),
      cpu_cores: amount(),
      mem_total: amount(),
      disk_total: amount(),
    }),
    status: z.object({
      cpu_usage: amount(),
      mem_usage: amount(),
      disk_usage: amount(),
      net_in_speed: amount(),
      net_out_speed: amount(),
      uptime: amount(),
      time: amount(),
    }),
  });
export type WorkerHeartbeat = z.output<ReturnType<typeof workerHeartbeat>>;
export const workerAnswer = () =>
  z.object({
    host_id: z.string(),
    heartbeat_interval: z.number().check(z.describe("Seconds.")),
    settings: z.record(z.string(), z.unknown()),
  });
