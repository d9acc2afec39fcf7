import type { ComponentChildren, JSX } from "preact";
import type { HostView } from "../../../../protocol/mod.ts";
import { bytes, duration, number } from "../../../kit/format.ts";
import { t, type TextKey } from "../../../kit/i18n/i18n.ts";
import { visible } from "../../../kit/safe_text.ts";
import { At, Time } from "../../../ui/time.tsx";

/** What a host is, as it says itself; all of it is a claim, and shown as text. */
export function Facts({ host }: { readonly host: HostView }): JSX.Element {
  const { facts, address, enrolledMs, lastSeenMs, uptimeMs, id } = host;
  const system = facts === undefined ? undefined : facts.osName ?? facts.os;
  return (
    <section class="card" aria-label={t("host.facts")}>
      <dl class="host-facts">
        <Fact label="host.fact_system">{textOf(system)}</Fact>
        <Fact label="host.fact_kernel">{textOf(facts?.kernel)}</Fact>
        <Fact label="host.fact_hardware">
          {facts === undefined
            ? "–"
            : t("host.fact_cores", { arch: visible(facts.arch, 32), n: number(facts.cpuCores) })}
        </Fact>
        <Fact label="host.fact_memory">{bytes(facts?.memoryTotalBytes)}</Fact>
        <Fact label="host.fact_disk">{bytes(facts?.diskTotalBytes)}</Fact>
        <Fact label="host.fact_hostname">{textOf(facts?.hostname)}</Fact>
        <Fact label="host.fact_address">{textOf(facts?.address)}</Fact>
        <Fact label="host.fact_seen_from">{textOf(address)}</Fact>
        <Fact label="host.fact_uptime">{duration(uptimeMs)}</Fact>
        <Fact label="host.fact_agent">{textOf(facts?.version)}</Fact>
        <Fact label="host.fact_last_seen">
          <Time ms={lastSeenMs} />
        </Fact>
        <Fact label="host.fact_enrolled">
          <At ms={enrolledMs} />
        </Fact>
        <Fact label="host.fact_id">
          <code class="break">{visible(id, 64)}</code>
        </Fact>
        <Fact label="host.fact_machine">
          <code class="break">{textOf(facts?.machineId)}</code>
        </Fact>
      </dl>
    </section>
  );
}

function Fact({ label, children }: { readonly label: TextKey; readonly children: ComponentChildren }): JSX.Element {
  return (
    <div class="host-fact">
      <dt>{t(label)}</dt>
      <dd class="break">{children}</dd>
    </div>
  );
}

function textOf(value: string | undefined): string {
  return value === undefined || value === "" ? "–" : visible(value, 128);
}
