import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import type { User } from "../../../protocol/mod.ts";
import { api } from "../../kit/api.ts";
import { language, t } from "../../kit/i18n/i18n.ts";
import { queryParam } from "../../kit/router.tsx";
import { visible } from "../../kit/safe_text.ts";
import { me, whyNot } from "../../kit/session.ts";
import { Badge } from "../../ui/badge.tsx";
import { Button } from "../../ui/button.tsx";
import { Section } from "../../ui/page.tsx";
import { Loaded, useResource } from "../../ui/resource.tsx";
import { type Column, Table } from "../../ui/table.tsx";
import { Time } from "../../ui/time.tsx";
import { Scope } from "./scope.tsx";
import type { UserAction, UserDialogProps } from "./user_action.ts";
import { DisableDialog, EnableDialog, RemoveUserDialog } from "./user_actions.tsx";
import { UserDrawer } from "./user_drawer.tsx";
import { EditUser, NewUser, ResetPassword } from "./user_forms.tsx";

export function UsersTab(): JSX.Element {
  const users = useResource(
    async (signal) => (await api.get<{ users: User[] }>("/api/v1/users", { signal })).users,
    [],
  );
  const isNew = useSignal(false);
  const opened = useSignal<string | null>(null);
  const action = useSignal<{ readonly what: UserAction; readonly user: User } | null>(null);
  const columns = useMemo(() => columnsFor(({ id }) => opened.value = id), [language.value]);
  const close = () => action.value = null;
  const shown = users.data.value?.find(({ id }) => id === opened.value);
  return (
    <Section
      title={t("people.users")}
      actions={
        <Button kind="primary" icon="plus" whyNot={whyNot("user.manage")} onClick={() => isNew.value = true}>
          {t("people.new_user")}
        </Button>
      }
    >
      <Loaded resource={users}>
        {(rows) => (
          <Table
            label={t("people.users")}
            rows={rows}
            columns={columns}
            keyOf={({ id }) => id}
            nameOf={({ name }) => visible(name)}
            sort={queryParam("sort")}
            onOpen={({ id }) => opened.value = id}
            isPlain
          />
        )}
      </Loaded>
      {isNew.value && <NewUser onClose={() => isNew.value = false} onDone={users.reload} />}
      {shown !== undefined && (
        <UserDrawer
          user={shown}
          onClose={() => opened.value = null}
          onAction={(what) => action.value = { what, user: shown }}
        />
      )}
      {action.value !== null && <Action {...action.value} onClose={close} onDone={users.reload} />}
    </Section>
  );
}

function Action({ what, ...props }: UserDialogProps & { readonly what: UserAction }): JSX.Element {
  switch (what) {
    case "edit":
      return <EditUser {...props} />;
    case "reset":
      return <ResetPassword {...props} />;
    case "disable":
      return <DisableDialog {...props} />;
    case "enable":
      return <EnableDialog {...props} />;
    case "remove":
      return <RemoveUserDialog {...props} />;
  }
}

function columnsFor(onOpen: (user: User) => void): Column<User>[] {
  return [
    {
      id: "name",
      title: t("common.name"),
      width: 120,
      grow: 2,
      cell: ({ name, id, disabled }) => (
        <>
          <span class="strong cut">{visible(name, 64)}</span>
          {id === me.value?.user?.id && <Badge tone="info">{t("people.yourself")}</Badge>}
          {disabled && <Badge tone="bad">{t("people.disabled")}</Badge>}
        </>
      ),
      sort: ({ name }) => name,
    },
    {
      id: "role",
      title: t("people.role"),
      width: 90,
      cell: ({ role }) => <Badge tone={role === "admin" ? "warn" : "dim"}>{t(`shared.role_${role}`)}</Badge>,
      sort: ({ role }) => role,
    },
    {
      id: "scope",
      title: t("people.scope"),
      width: 120,
      grow: 1,
      priority: 2,
      cell: ({ scope }) => <Scope scope={scope} />,
      sort: ({ scope }) => scope,
    },
    {
      id: "login",
      title: t("people.last_login"),
      width: 96,
      priority: 3,
      cell: ({ lastLoginMs }) => <Time ms={lastLoginMs} />,
      sort: ({ lastLoginMs }) => lastLoginMs,
      isDescending: true,
    },
    {
      id: "created",
      title: t("common.created"),
      width: 96,
      priority: 4,
      cell: ({ createdMs }) => <Time ms={createdMs} />,
      sort: ({ createdMs }) => createdMs,
      isDescending: true,
    },
    {
      id: "do",
      title: t("common.actions"),
      width: 48,
      isEnd: true,
      cell: (user) => (
        <Button
          isSmall
          kind="ghost"
          icon="more"
          label={t("people.open", { name: visible(user.name, 64) })}
          onClick={() => onOpen(user)}
        />
      ),
    },
  ];
}
