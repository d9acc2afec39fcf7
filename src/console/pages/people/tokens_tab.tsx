import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import { type ApiToken, type MadeApiToken, type Role, ROLES } from "../../../protocol/mod.ts";
import { now } from "../../kit/clock.ts";
import { api } from "../../kit/api.ts";
import { language, t } from "../../kit/i18n/i18n.ts";
import { queryParam } from "../../kit/router.tsx";
import { visible } from "../../kit/safe_text.ts";
import { can, me, whyNot } from "../../kit/session.ts";
import { ActionDialog } from "../../ui/action_dialog.tsx";
import { Badge } from "../../ui/badge.tsx";
import { Button } from "../../ui/button.tsx";
import { CopyButton } from "../../ui/code.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { Field, Select } from "../../ui/field.tsx";
import { Section } from "../../ui/page.tsx";
import { Empty } from "../../ui/problem.tsx";
import { Loaded, useResource } from "../../ui/resource.tsx";
import { type Column, Table } from "../../ui/table.tsx";
import { Time } from "../../ui/time.tsx";
import { FormDialog } from "../shared/form.tsx";
import { SecretBox } from "../shared/secret_box.tsx";
import { SelectorField } from "../shared/selector_field.tsx";
import { selectorOf } from "../shared/selectors.ts";
import { useSubmit } from "../shared/submit.ts";
import { Scope } from "./scope.tsx";
import { RoleSelect } from "./user_forms.tsx";

export function TokensTab(): JSX.Element {
  const tokens = useResource(
    async (signal) => (await api.get<{ tokens: ApiToken[] }>("/api/v1/tokens", { signal })).tokens,
    [],
  );
  const isNew = useSignal(false);
  const revoking = useSignal<ApiToken | null>(null);
  const columns = useMemo(() => columnsFor((token) => revoking.value = token), [language.value]);
  const mayMake = me.value?.user !== undefined;
  return (
    <Section
      title={t("people.tokens")}
      actions={
        <Button
          kind="primary"
          icon="plus"
          whyNot={whyNot("self.manage") ?? (mayMake ? null : t("people.not_logged_in"))}
          onClick={() => isNew.value = true}
        >
          {t("people.new_token")}
        </Button>
      }
    >
      <Loaded resource={tokens}>
        {(rows) => (
          <Table
            label={t("people.tokens")}
            rows={rows}
            columns={columns}
            keyOf={({ id }) => id}
            nameOf={({ name }) => visible(name)}
            sort={queryParam("sort")}
            isPlain
            empty={<Empty icon="join" title={t("people.no_tokens")}>{t("people.no_tokens_why")}</Empty>}
          />
        )}
      </Loaded>
      {isNew.value && <NewToken onClose={() => isNew.value = false} onDone={tokens.reload} />}
      {revoking.value !== null && (
        <ActionDialog
          title={t("people.revoke_title", { name: visible(revoking.value.name, 80) })}
          verb={t("people.revoke_do")}
          isDanger
          targets={[{ ...revoking.value, detail: visible(revoking.value.user, 64) }]}
          run={async ({ id }) => void await api.delete(`/api/v1/tokens/${encodeURIComponent(id)}`)}
          onClose={() => revoking.value = null}
          onDone={tokens.reload}
        >
          <p>{t("people.revoke_text")}</p>
        </ActionDialog>
      )}
    </Section>
  );
}

const LIVES = ["7d", "30d", "90d", "365d", "1825d"] as const;
type Life = (typeof LIVES)[number];

function NewToken({ onClose, onDone }: { readonly onClose: () => void; readonly onDone: () => void }): JSX.Element {
  const own = me.value?.role ?? "viewer";
  const [name, scope] = [useSignal(""), useSignal("")];
  const role = useSignal<Role>("viewer");
  const life = useSignal<Life>("90d");
  const isChecked = useSignal(false);
  const made = useSignal<MadeApiToken | null>(null);
  const form = useSubmit(async (signal) => {
    isChecked.value = true;
    if (name.peek().trim() === "" || selectorOf(scope.peek()) === null) return;
    const body = { name: name.peek().trim(), role: role.peek(), scope: scope.peek(), expiresIn: life.peek() };
    made.value = await api.post<MadeApiToken>("/api/v1/tokens", body, { signal });
    onDone();
  }, (field) => field === "name");
  if (made.value !== null) return <MadeToken made={made.value} onClose={onClose} />;
  const isAbove = ROLES.indexOf(role.value) > ROLES.indexOf(own);
  return (
    <FormDialog title={t("people.new_token")} verb={t("common.create")} form={form} onClose={onClose}>
      <Field
        label={t("common.name")}
        value={name.value}
        onInput={(value) => name.value = value}
        hint={t("people.token_name_hint")}
        maxLength={80}
        isRequired
        hasFocus
        problem={form.fields.value.get("name") ??
          (isChecked.value && name.value.trim() === "" ? t("common.required") : null)}
      />
      <RoleSelect
        value={role.value}
        onChange={(value) => role.value = value}
        hint={isAbove ? t("people.token_role_hint") : undefined}
      />
      <SelectorField label={t("people.scope")} value={scope.value} onInput={(value) => scope.value = value} />
      <Select<Life>
        label={t("people.token_expires")}
        value={life.value}
        onChange={(value) => life.value = value}
        options={LIVES.map((value) => ({ value, label: t(`people.expires_${value}`) }))}
      />
    </FormDialog>
  );
}

function MadeToken({ made: { token, secret }, onClose }: {
  readonly made: MadeApiToken;
  readonly onClose: () => void;
}): JSX.Element {
  const example = `curl -H "Authorization: Bearer $TOKEN" ${location.origin}/api/v1/hosts`;
  return (
    <Dialog
      title={t("people.token_made", { name: visible(token.name, 80) })}
      onClose={onClose}
      actions={<Button kind="primary" onClick={onClose}>{t("common.done")}</Button>}
    >
      <SecretBox secret={secret} label={t("people.secret")} warning={t("people.secret_once")} />
      <div class="stack tight">
        <span class="muted small">{t("people.secret_use")}</span>
        <div class="row">
          <code class="grow break">{example}</code>
          <CopyButton text={example} />
        </div>
      </div>
    </Dialog>
  );
}

function columnsFor(onRevoke: (token: ApiToken) => void): Column<ApiToken>[] {
  return [
    {
      id: "name",
      title: t("common.name"),
      width: 120,
      grow: 2,
      cell: ({ name }) => <span class="strong cut" title={visible(name)}>{visible(name, 80)}</span>,
      sort: ({ name }) => name,
    },
    ...can("user.manage")
      ? [{
        id: "user",
        title: t("people.owner"),
        width: 90,
        priority: 3,
        cell: ({ user }: ApiToken) => <span class="cut">{visible(user, 64)}</span>,
        sort: ({ user }: ApiToken) => user,
      }]
      : [],
    {
      id: "role",
      title: t("people.role"),
      width: 80,
      priority: 2,
      cell: ({ role }) => <Badge tone={role === "admin" ? "warn" : "dim"}>{t(`shared.role_${role}`)}</Badge>,
      sort: ({ role }) => role,
    },
    {
      id: "scope",
      title: t("people.scope"),
      width: 110,
      grow: 1,
      priority: 5,
      cell: ({ scope }) => <Scope scope={scope} />,
    },
    {
      id: "used",
      title: t("people.last_used"),
      width: 90,
      priority: 4,
      cell: ({ lastUsedMs }) => <Time ms={lastUsedMs} />,
      sort: ({ lastUsedMs }) => lastUsedMs,
      isDescending: true,
    },
    {
      id: "expires",
      title: t("common.expires"),
      width: 90,
      priority: 3,
      cell: ({ expiresMs }) => <Expiry ms={expiresMs} />,
      sort: ({ expiresMs }) => expiresMs,
    },
    {
      id: "do",
      title: t("common.actions"),
      width: 96,
      isEnd: true,
      cell: (token) => <Button isSmall kind="danger" onClick={() => onRevoke(token)}>{t("people.revoke")}</Button>,
    },
  ];
}

function Expiry({ ms }: { readonly ms: number | undefined }): JSX.Element {
  if (ms === undefined) return <span class="muted">{t("common.never")}</span>;
  return ms <= now.value ? <Badge tone="bad">{t("people.expired")}</Badge> : <Time ms={ms} />;
}
