import type { JSX } from "preact";
import { number, percent } from "../../../kit/format.ts";
import { t } from "../../../kit/i18n/i18n.ts";
import { visible } from "../../../kit/safe_text.ts";
import { Section } from "../../../ui/page.tsx";
import { Meter } from "./mounts.tsx";
import type { PressureRow, SensorRow } from "./readings.ts";

const MUCH_WAITING_PERCENT = 10;
/** A machine with a sensor for each of many cores would fill the page. */
const SHOWN_SENSORS = 24;

/** How much tasks waited for what they need; nothing where the system does not tell. */
export function PressureTable({ rows }: { readonly rows: readonly PressureRow[] }): JSX.Element | null {
  if (rows.length === 0) return null;
  return (
    <Section title={t("host.pressure")}>
      <div class="card host-plain-card">
        <table class="host-plain">
          <caption class="hidden-label">{t("host.pressure_what")}</caption>
          <thead>
            <tr>
              <th scope="col">{t("host.resource")}</th>
              <th scope="col" title={t("host.some_what")}>{t("host.some")}</th>
              <th scope="col" title={t("host.full_what")}>{t("host.full")}</th>
            </tr>
          </thead>
          <tbody>
            {rows.map(({ resource, some10, some300, full10, full300 }) => (
              <tr key={resource}>
                <th scope="row">{t(`host.pressure_${resource}`)}</th>
                <td class={isMuch(some10) ? "warn nums" : "nums"}>{percent(some10)} · {percent(some300)}</td>
                <td class={isMuch(full10) ? "warn nums" : "nums"}>{percent(full10)} · {percent(full300)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Section>
  );
}

function isMuch(value: number | undefined): boolean {
  return value !== undefined && value >= MUCH_WAITING_PERCENT;
}

/** Temperatures and fans, the warmest first; nothing where none are measured. */
export function Sensors({ rows }: { readonly rows: readonly SensorRow[] }): JSX.Element | null {
  if (rows.length === 0) return null;
  return (
    <Section title={t("host.sensors")}>
      <ul class="card stack tight">
        {rows.slice(0, SHOWN_SENSORS).map(({ name, kind, value, limit }, at) => (
          <li key={`${at} ${name}`} class="row">
            <span class="grow cut">{visible(name, 80)}</span>
            {limit !== undefined && limit > 0 && (
              <Meter value={value / limit * 100} tone={value >= limit * 0.9 ? "bad" : "good"} />
            )}
            <span class="nums">{kind === "fan" ? t("host.rpm", { n: number(value) }) : `${number(value)} °C`}</span>
          </li>
        ))}
      </ul>
      {rows.length > SHOWN_SENSORS && (
        <span class="muted small">{t("action.and_more", { n: rows.length - SHOWN_SENSORS })}</span>
      )}
    </Section>
  );
}
