import type { JSX } from "preact";
import { t } from "../../kit/i18n/i18n.ts";
import { queryParam, route } from "../../kit/router.tsx";
import { whyNot } from "../../kit/session.ts";
import { Button } from "../../ui/button.tsx";
import { Select } from "../../ui/field.tsx";
import { Page, Toolbar } from "../../ui/page.tsx";
import { HostFilter, hostIdOf } from "../shared/host_filter.tsx";
import { BatchView } from "./batch_view.tsx";
import { NewTask } from "./new_task/new_task.tsx";
import { TaskDetail } from "./task_detail.tsx";
import { TaskList } from "./task_list.tsx";
import { STATE_GROUPS } from "./task_rows.ts";

const GROUPS = ["", "open", "failed", "done"] as const;
type Group = (typeof GROUPS)[number];

export default function TasksPage(): JSX.Element {
  const { id } = route.value.params;
  const batch = queryParam("batch").value;
  if (id !== undefined) return <TaskDetail key={id} id={id} />;
  if (batch !== "") return <BatchView key={batch} id={batch} />;
  return <AllTasks />;
}

function AllTasks(): JSX.Element {
  const state = queryParam("state");
  const host = queryParam("host");
  const isNew = queryParam("new");
  const group = GROUPS.find((each) => each === state.value) ?? "";
  return (
    <Page
      title={t("tasks.title")}
      isFull
      actions={
        <Button kind="primary" icon="plus" whyNot={whyNot("task.create")} onClick={() => isNew.value = "1"}>
          {t("tasks.new")}
        </Button>
      }
    >
      <Toolbar label={t("common.filter")}>
        <Select<Group>
          label={t("tasks.filter_state")}
          isLabelHidden
          value={group}
          onChange={(value) => state.value = value}
          options={GROUPS.map((value) => ({ value, label: groupName(value) }))}
        />
        <HostFilter label={t("tasks.filter_host")} value={host.value} onChange={(name) => host.value = name} />
      </Toolbar>
      <TaskList states={group === "" ? [] : STATE_GROUPS[group]} hostId={hostIdOf(host.value)} />
      {isNew.value !== "" && whyNot("task.create") === null && (
        <NewTask
          select={isNew.value === "1" ? "" : isNew.value}
          onClose={() => isNew.value = ""}
        />
      )}
    </Page>
  );
}

function groupName(group: Group): string {
  return group === "" ? t("tasks.any_state") : t(`tasks.state_${group}`);
}
