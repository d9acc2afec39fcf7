import { type Signal, useSignal } from "@preact/signals";
import type { ComponentChildren, JSX } from "preact";
import { useEffect, useMemo } from "preact/hooks";
import { language, t } from "../../kit/i18n/i18n.ts";
import { visible } from "../../kit/safe_text.ts";
import { stateName } from "../../ui/badge.tsx";
import { Table } from "../../ui/table.tsx";
import { processColumns } from "./columns.tsx";
import { type Grouping, groupKey } from "./model/process_filter.ts";
import { isBad, type ProcessRow } from "./model/process_row.ts";

export interface ProcessTableProps {
  readonly rows: readonly ProcessRow[];
  readonly hasHost: boolean;
  readonly sort: { value: string };
  readonly selection: Signal<ReadonlySet<string>>;
  readonly grouping?: Grouping | undefined;
  readonly onOpen: (row: ProcessRow) => void;
  readonly onPickLabel: (key: string, value: string) => void;
  readonly empty: ComponentChildren;
  readonly isPlain?: boolean | undefined;
}

const NARROW = "(max-width: 699px)";

const keyOf = ({ key }: ProcessRow): string => key;
const nameOf = ({ name, host }: ProcessRow): string => `${visible(name, 80)}, ${visible(host, 80)}`;
const classOf = (row: ProcessRow): string => isBad(row) ? "row-bad" : "";

export function ProcessTable(props: ProcessTableProps): JSX.Element {
  const { rows, hasHost, grouping = "none", onPickLabel } = props;
  const isNarrow = useNarrow();
  const columns = useMemo(
    () => processColumns({ hasHost, isNarrow, onPickLabel }),
    [hasHost, isNarrow, language.value, onPickLabel],
  );
  const groupOf = useMemo(() => grouping === "none" ? null : titleOf(grouping), [grouping, language.value]);
  return (
    <Table
      label={t("processes.title")}
      rows={rows}
      columns={columns}
      keyOf={keyOf}
      nameOf={nameOf}
      classOf={classOf}
      sort={props.sort}
      selection={props.selection}
      onOpen={props.onOpen}
      groupOf={groupOf}
      empty={props.empty}
      isPlain={props.isPlain}
    />
  );
}

function titleOf(grouping: Grouping): (row: ProcessRow) => string {
  return (row) => {
    const key = groupKey(row, grouping);
    if (key === "") return t("processes.without_label");
    return grouping === "state" ? stateName(key) : visible(key, 100);
  };
}

function useNarrow(): boolean {
  const isNarrow = useSignal(matchMedia(NARROW).matches);
  useEffect(() => {
    const query = matchMedia(NARROW);
    const look = () => isNarrow.value = query.matches;
    look();
    query.addEventListener("change", look);
    return () => query.removeEventListener("change", look);
  }, []);
  return isNarrow.value;
}
