import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import type { JoinToken, MadeJoinToken } from "../../../protocol/mod.ts";
import { api } from "../../kit/api.ts";
import { now } from "../../kit/clock.ts";
import { language, t } from "../../kit/i18n/i18n.ts";
import { queryParam } from "../../kit/router.tsx";
import { visible } from "../../kit/safe_text.ts";
import { whyNot } from "../../kit/session.ts";
import { ActionDialog } from "../../ui/action_dialog.tsx";
import { Badge } from "../../ui/badge.tsx";
import { LabelRow } from "../../ui/labels.tsx";
import { Button } from "../../ui/button.tsx";
import { Code } from "../../ui/code.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { SearchField } from "../../ui/field.tsx";
import { Page, Toolbar } from "../../ui/page.tsx";
import { Empty, Note } from "../../ui/problem.tsx";
import { Loaded, useResource } from "../../ui/resource.tsx";
import { type Column, Table } from "../../ui/table.tsx";
import { Time } from "../../ui/time.tsx";
import { toast } from "../../ui/toast.tsx";
import { FormDialog } from "../shared/form.tsx";
import { useSubmit } from "../shared/submit.ts";
import { JoinCommands } from "./join_commands.tsx";
import { isGoodWish, makeToken, TokenFields, type TokenWish } from "./token_form.tsx";
import { tokenState } from "./token_state.ts";

const NEW: TokenWish = { name: "", expiresIn: "24h", maxUses: "1", labels: "" };

export default function JoinPage(): JSX.Element {
  const tokens = useResource(
    async (signal) => (await api.get<{ tokens: JoinToken[] }>("/api/v1/join-tokens", { signal })).tokens,
    [],
    { everyMs: 30_000 },
  );
  const isMaking = useSignal(false);
  const revoking = useSignal<JoinToken | null>(null);
  const text = queryParam("q");
  const columns = useMemo(() => tokenColumns((token) => revoking.value = token), [language.value]);
  return (
    <Page
      title={t("join.title")}
      isFull
      actions={
        <Button kind="primary" icon="plus" whyNot={whyNot("join.manage")} onClick={() => isMaking.value = true}>
          {t("join.create")}
        </Button>
      }
    >
      <p class="muted">{t("join.intro")}</p>
      <Toolbar label={t("common.filter")}>
        <SearchField label={t("join.search")} value={text.value} onInput={(value) => text.value = value} />
      </Toolbar>
      <Loaded resource={tokens}>
        {(all) => (
          <Table
            label={t("join.title")}
            rows={fitting(all, text.value)}
            columns={columns}
            keyOf={({ id }) => id}
            nameOf={({ name }) => visible(name, 80)}
            sort={queryParam("sort")}
            empty={<Empty icon="join" title={t("join.none")}>{t("join.none_why")}</Empty>}
          />
        )}
      </Loaded>
      {isMaking.value && <MakeDialog onMade={tokens.reload} onClose={() => isMaking.value = false} />}
      {revoking.value !== null && (
        <ActionDialog
          title={t("join.revoke_title")}
          verb={t("join.revoke")}
          isDanger
          targets={[{
            ...revoking.value,
            detail: t("join.uses_of", { n: revoking.value.uses, max: revoking.value.maxUses }),
          }]}
          run={async ({ id }) => void await api.delete(`/api/v1/join-tokens/${encodeURIComponent(id)}`)}
          onDone={tokens.reload}
          onClose={() => revoking.value = null}
        >
          <p>{t("join.revoke_text")}</p>
        </ActionDialog>
      )}
    </Page>
  );
}

function fitting(tokens: readonly JoinToken[], text: string): readonly JoinToken[] {
  const wanted = text.trim().toLowerCase();
  if (wanted === "") return tokens;
  return tokens.filter(({ name, createdBy, labels }) =>
    [name, createdBy, ...Object.entries(labels).map((pair) => pair.join("="))].some((each) =>
      each.toLowerCase().includes(wanted)
    )
  );
}

function tokenColumns(onRevoke: (token: JoinToken) => void): Column<JoinToken>[] {
  return [
    {
      id: "name",
      title: t("common.name"),
      width: 140,
      grow: 2,
      sort: ({ name }) => name,
      cell: ({ name }) => <span class="strong cut">{visible(name, 80)}</span>,
    },
    {
      id: "state",
      title: t("common.state"),
      width: 76,
      sort: (token) => tokenState(token, now.peek()),
      cell: (token) => <State token={token} />,
    },
    {
      id: "uses",
      title: t("join.uses"),
      width: 90,
      priority: 3,
      isEnd: true,
      sort: ({ uses }) => uses,
      cell: ({ uses, maxUses }) => t("join.uses_of", { n: uses, max: maxUses }),
    },
    {
      id: "expires",
      title: t("common.expires"),
      width: 100,
      priority: 2,
      sort: ({ expiresMs }) => expiresMs,
      cell: ({ expiresMs }) => <Time ms={expiresMs} />,
    },
    {
      id: "labels",
      title: t("common.labels"),
      width: 140,
      grow: 2,
      priority: 5,
      cell: ({ labels }) => <LabelRow labels={labels} />,
    },
    {
      id: "created",
      title: t("common.created"),
      width: 180,
      grow: 1,
      priority: 4,
      sort: ({ createdMs }) => createdMs,
      cell: ({ createdMs, createdBy }) => (
        <span class="cut">
          <Time ms={createdMs} /> <span class="muted">{t("join.created_by", { name: visible(createdBy, 80) })}</span>
        </span>
      ),
    },
    {
      id: "actions",
      title: t("common.actions"),
      width: 84,
      isEnd: true,
      cell: (token) => <Revoke token={token} onRevoke={onRevoke} />,
    },
  ];
}

function State({ token }: { readonly token: JoinToken }): JSX.Element {
  const state = tokenState(token, now.value);
  return <Badge tone={state === "valid" ? "good" : "dim"}>{t(`join.${state}`)}</Badge>;
}

function Revoke({ token, onRevoke }: {
  readonly token: JoinToken;
  readonly onRevoke: (token: JoinToken) => void;
}): JSX.Element | null {
  if (tokenState(token, now.value) !== "valid") return null;
  return (
    <Button isSmall kind="danger" whyNot={whyNot("join.manage")} onClick={() => onRevoke(token)}>
      {t("join.revoke")}
    </Button>
  );
}

/** Makes a token, then shows its secret and commands: this once. */
function MakeDialog({ onMade, onClose }: { readonly onMade: () => void; readonly onClose: () => void }): JSX.Element {
  const wish = useSignal(NEW);
  const made = useSignal<MadeJoinToken | null>(null);
  const form = useSubmit(async () => {
    if (!isGoodWish(wish.peek())) return;
    made.value = await makeToken(wish.peek());
    toast(t("join.made", { name: made.value.token.name }));
    onMade();
  });
  if (made.value === null) {
    return (
      <FormDialog
        title={t("join.create")}
        verb={t("join.make")}
        form={form}
        onClose={onClose}
        isDisabled={!isGoodWish(wish.value)}
      >
        <TokenFields wish={wish} hasName />
      </FormDialog>
    );
  }
  return (
    <Dialog
      title={visible(made.value.token.name, 80)}
      kind="wide"
      onClose={onClose}
      onSubmit={onClose}
      actions={<Button type="submit" kind="primary">{t("common.done")}</Button>}
    >
      <Made made={made.value} />
    </Dialog>
  );
}

function Made({ made }: { readonly made: MadeJoinToken }): JSX.Element {
  return (
    <>
      <Note tone="warn">{t("join.once")}</Note>
      <JoinCommands made={made} />
      <section class="stack tight">
        <h3>{t("join.secret")}</h3>
        <Code text={made.secret} label={t("join.secret")} />
      </section>
    </>
  );
}
