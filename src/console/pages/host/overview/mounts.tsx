import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import { bytes, bytesPerSecond, number, percent } from "../../../kit/format.ts";
import { language, t } from "../../../kit/i18n/i18n.ts";
import { visible } from "../../../kit/safe_text.ts";
import { Badge, type Tone } from "../../../ui/badge.tsx";
import { Section } from "../../../ui/page.tsx";
import { type Column, Table } from "../../../ui/table.tsx";
import type { InterfaceRow, MountRow } from "./readings.ts";

const FULL_PERCENT = 90;
const NEARLY_FULL_PERCENT = 80;

export function Mounts({ rows, problems }: {
  readonly rows: readonly MountRow[];
  readonly problems: readonly string[];
}): JSX.Element {
  const sort = useSignal("-used");
  const columns = useMemo(mountColumns, [language.value]);
  return (
    <Section title={t("host.mounts")}>
      <Table
        label={t("host.mounts")}
        rows={rows}
        columns={columns}
        keyOf={({ mountPoint }) => mountPoint}
        nameOf={({ mountPoint }) => visible(mountPoint, 100)}
        sort={sort}
        isPlain
        empty={t("host.no_mounts")}
      />
      <Problems problems={problems} />
    </Section>
  );
}

function mountColumns(): Column<MountRow>[] {
  return [
    {
      id: "mount",
      title: t("host.mount"),
      width: 120,
      grow: 3,
      cell: ({ mountPoint, isReadOnly }) => (
        <>
          <span class="cut" title={visible(mountPoint, 500)}>{visible(mountPoint, 100)}</span>
          {isReadOnly && <Badge>{t("host.read_only")}</Badge>}
        </>
      ),
      sort: ({ mountPoint }) => mountPoint,
    },
    {
      id: "used",
      title: t("host.used"),
      width: 110,
      grow: 2,
      cell: UsedCell,
      sort: ({ usedPercent }) => usedPercent,
      isDescending: true,
    },
    {
      id: "available",
      title: t("host.available"),
      width: 84,
      isEnd: true,
      isDescending: true,
      priority: 2,
      cell: ({ availableBytes }) => bytes(availableBytes),
      sort: ({ availableBytes }) => availableBytes,
    },
    {
      id: "size",
      title: t("host.size"),
      width: 84,
      isEnd: true,
      isDescending: true,
      priority: 3,
      cell: ({ sizeBytes }) => bytes(sizeBytes),
      sort: ({ sizeBytes }) => sizeBytes,
    },
    {
      id: "inodes",
      title: t("host.inodes"),
      width: 64,
      isEnd: true,
      isDescending: true,
      priority: 4,
      cell: ({ inodesUsedPercent }) => percent(inodesUsedPercent),
      sort: ({ inodesUsedPercent }) => inodesUsedPercent,
    },
    {
      id: "device",
      title: t("host.device"),
      width: 110,
      grow: 2,
      priority: 5,
      cell: ({ device, type }) => (
        <span class="cut muted" title={visible(device, 500)}>{visible(device, 100)} {visible(type, 40)}</span>
      ),
      sort: ({ device }) => device,
    },
  ];
}

function UsedCell({ usedPercent, error }: MountRow): JSX.Element {
  if (error !== undefined) return <span class="bad cut" title={visible(error, 500)}>{visible(error, 200)}</span>;
  if (usedPercent === undefined) return <span class="muted">–</span>;
  return (
    <>
      <Meter value={usedPercent} tone={toneOf(usedPercent)} />
      <span class="nums">{percent(usedPercent)}</span>
    </>
  );
}

function toneOf(value: number): Tone {
  return value >= FULL_PERCENT ? "bad" : value >= NEARLY_FULL_PERCENT ? "warn" : "good";
}

/** A bar beside a figure that says the same. */
export function Meter({ value, tone }: { readonly value: number; readonly tone: Tone }): JSX.Element {
  return (
    <span class="host-meter" aria-hidden="true">
      <span class={`host-meter-bar ${tone}`} style={{ width: `${Math.min(100, Math.max(0, value))}%` }} />
    </span>
  );
}

export function Interfaces({ rows, problems }: {
  readonly rows: readonly InterfaceRow[];
  readonly problems: readonly string[];
}): JSX.Element {
  const sort = useSignal("");
  const columns = useMemo(interfaceColumns, [language.value]);
  return (
    <Section title={t("host.interfaces")}>
      <Table
        label={t("host.interfaces")}
        rows={rows}
        columns={columns}
        keyOf={({ name }) => name}
        nameOf={({ name }) => visible(name, 64)}
        sort={sort}
        isPlain
        empty={t("host.no_interfaces")}
      />
      <Problems problems={problems} />
    </Section>
  );
}

function interfaceColumns(): Column<InterfaceRow>[] {
  const rate = (id: "receive" | "transmit", title: string): Column<InterfaceRow> => ({
    id,
    title,
    width: 92,
    isEnd: true,
    isDescending: true,
    cell: (row) => bytesPerSecond(row[`${id}BytesPerSecond`]),
    sort: (row) => row[`${id}BytesPerSecond`],
  });
  return [
    {
      id: "interface",
      title: t("host.interface"),
      width: 90,
      grow: 2,
      cell: ({ name, state }) => (
        <>
          <span class="strong cut">{visible(name, 64)}</span>
          {state !== "" && <Badge tone={state === "up" ? "good" : "dim"}>{visible(state, 20)}</Badge>}
        </>
      ),
      sort: ({ name }) => name,
    },
    rate("receive", t("host.line_received")),
    rate("transmit", t("host.line_sent")),
    {
      id: "total",
      title: t("host.total"),
      width: 150,
      isEnd: true,
      priority: 3,
      cell: ({ receivedBytes, transmittedBytes }) => `${bytes(receivedBytes)} · ${bytes(transmittedBytes)}`,
    },
    {
      id: "errors",
      title: t("host.errors"),
      width: 110,
      isEnd: true,
      priority: 4,
      cell: ({ errors, drops }) => (
        <span class={(errors ?? 0) > 0 ? "warn" : undefined}>{number(errors)} · {number(drops)}</span>
      ),
    },
    {
      id: "addresses",
      title: t("host.addresses"),
      width: 130,
      grow: 3,
      priority: 2,
      cell: ({ addresses }) => {
        const all = addresses.map((each) => visible(each, 64)).join(", ");
        return <span class="cut" title={all}>{all || "–"}</span>;
      },
    },
    {
      id: "mac",
      title: t("host.mac"),
      width: 130,
      priority: 6,
      cell: ({ mac }) => <span class="mono muted">{visible(mac ?? "–", 32)}</span>,
    },
    {
      id: "speed",
      title: t("host.speed"),
      width: 84,
      isEnd: true,
      priority: 5,
      cell: ({ speedBytesPerSecond }) => bytesPerSecond(speedBytesPerSecond),
    },
  ];
}

/** What the host could not read, in its words. */
function Problems({ problems }: { readonly problems: readonly string[] }): JSX.Element | null {
  if (problems.length === 0) return null;
  return (
    <ul class="muted small">
      {problems.map((problem) => <li key={problem} class="break">{visible(problem, 300)}</li>)}
    </ul>
  );
}
