import { type MetricSink, single } from "../../../core/mod.ts";
import type { PressureSample } from "../../../protocol/mod.ts";

export function pressureMetrics({ cpu, io, irq, memory }: PressureSample, sink: MetricSink): void {
  const total = (name: string, help: string, seconds: number | undefined) =>
    single(sink, `node_pressure_${name}_seconds_total`, "counter", help, seconds);
  total("cpu_waiting", "Time in which at least one task waited for a core.", cpu?.some?.totalSeconds);
  total("io_stalled", "Time in which all tasks waited for disks.", io?.full?.totalSeconds);
  total("io_waiting", "Time in which at least one task waited for a disk.", io?.some?.totalSeconds);
  total("irq_stalled", "Time in which tasks were held up by interrupts.", irq?.full?.totalSeconds);
  total("memory_stalled", "Time in which all tasks waited for memory.", memory?.full?.totalSeconds);
  total("memory_waiting", "Time in which at least one task waited for memory.", memory?.some?.totalSeconds);
}
