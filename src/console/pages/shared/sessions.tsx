import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import type { SessionView } from "../../../protocol/mod.ts";
import { api } from "../../kit/api.ts";
import { language, t } from "../../kit/i18n/i18n.ts";
import { visible } from "../../kit/safe_text.ts";
import { loadMe } from "../../kit/session.ts";
import { ActionDialog } from "../../ui/action_dialog.tsx";
import { Badge } from "../../ui/badge.tsx";
import { Button } from "../../ui/button.tsx";
import { Section } from "../../ui/page.tsx";
import { Empty } from "../../ui/problem.tsx";
import { Loaded, useResource } from "../../ui/resource.tsx";
import { type Column, Table } from "../../ui/table.tsx";
import { Time } from "../../ui/time.tsx";
import { deviceOf } from "./device.ts";

/** Where the caller is logged in, and how to end that. */
export function Sessions({ title }: { readonly title: string }): JSX.Element {
  const sessions = useResource(
    async (signal) => (await api.get<{ sessions: SessionView[] }>("/api/v1/sessions", { signal })).sessions,
    [],
  );
  const ending = useSignal<readonly SessionView[]>([]);
  const columns = useMemo(() => columnsFor((session) => ending.value = [session]), [language.value]);
  const others = (sessions.data.value ?? []).filter(({ current }) => !current);
  return (
    <Section
      title={title}
      actions={
        <Button isSmall kind="danger" isDisabled={others.length === 0} onClick={() => ending.value = others}>
          {t("people.session_end_others")}
        </Button>
      }
    >
      <Loaded resource={sessions}>
        {(rows) => (
          <Table
            label={title}
            rows={rows}
            columns={columns}
            keyOf={({ id }) => id}
            nameOf={({ userAgent, address }) => `${deviceOf(userAgent)} ${visible(address, 60)}`}
            isPlain
            empty={<Empty icon="profile" title={t("people.no_sessions")} />}
          />
        )}
      </Loaded>
      {ending.value.length > 0 && (
        <EndDialog
          sessions={ending.value}
          onClose={() => ending.value = []}
          onDone={(hasEndedOwn) => {
            if (hasEndedOwn) void loadMe();
            else sessions.reload();
          }}
        />
      )}
    </Section>
  );
}

function EndDialog({ sessions, onClose, onDone }: {
  readonly sessions: readonly SessionView[];
  readonly onClose: () => void;
  readonly onDone: (hasEndedOwn: boolean) => void;
}): JSX.Element {
  const own = sessions.find(({ current }) => current);
  return (
    <ActionDialog
      title={t(sessions.length === 1 ? "people.session_end_title" : "people.session_end_others_title")}
      verb={t("people.session_end")}
      isDanger
      targets={sessions.map(({ id, userAgent, address }) => ({
        id,
        name: deviceOf(userAgent),
        detail: visible(address, 60),
      }))}
      run={async ({ id }) => void await api.delete(`/api/v1/sessions/${encodeURIComponent(id)}`)}
      onClose={onClose}
      onDone={(results) => onDone(own !== undefined && results.get(own.id)?.state === "done")}
    >
      <p>{t(own === undefined ? "people.session_end_text" : "people.session_own_text")}</p>
    </ActionDialog>
  );
}

function columnsFor(onEnd: (session: SessionView) => void): Column<SessionView>[] {
  return [
    {
      id: "device",
      title: t("people.session_device"),
      width: 140,
      grow: 1,
      cell: ({ userAgent, current }) => (
        <>
          <span class="cut" title={visible(userAgent, 300)}>{deviceOf(userAgent) || t("people.unknown_device")}</span>
          {current && <Badge tone="good">{t("people.session_here")}</Badge>}
        </>
      ),
    },
    {
      id: "address",
      title: t("people.session_address"),
      width: 120,
      priority: 2,
      cell: ({ address }) => <span class="cut">{visible(address, 60)}</span>,
    },
    {
      id: "seen",
      title: t("people.session_seen"),
      width: 90,
      priority: 3,
      cell: ({ lastSeenMs }) => <Time ms={lastSeenMs} />,
    },
    {
      id: "created",
      title: t("common.created"),
      width: 90,
      priority: 5,
      cell: ({ createdMs }) => <Time ms={createdMs} />,
    },
    {
      id: "until",
      title: t("people.session_until"),
      width: 90,
      priority: 4,
      cell: ({ expiresMs }) => <Time ms={expiresMs} />,
    },
    {
      id: "do",
      title: t("common.actions"),
      width: 80,
      isEnd: true,
      cell: (session) => <Button isSmall kind="danger" onClick={() => onEnd(session)}>{t("people.session_end")}
      </Button>,
    },
  ];
}
