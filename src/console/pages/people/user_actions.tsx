import type { JSX } from "preact";
import type { ApiToken, User } from "../../../protocol/mod.ts";
import { api } from "../../kit/api.ts";
import { t } from "../../kit/i18n/i18n.ts";
import { visible } from "../../kit/safe_text.ts";
import { ActionDialog } from "../../ui/action_dialog.tsx";
import { Loaded, useResource } from "../../ui/resource.tsx";
import type { UserDialogProps } from "./user_action.ts";

const pathOf = ({ id }: User): string => `/api/v1/users/${encodeURIComponent(id)}`;

export function DisableDialog({ user, onClose, onDone }: UserDialogProps): JSX.Element {
  return (
    <ActionDialog
      title={t("people.disable_title", { name: visible(user.name, 64) })}
      verb={t("people.disable_do")}
      isDanger
      targets={[user]}
      run={async () => void await api.patch<User>(pathOf(user), { disabled: true })}
      onClose={onClose}
      onDone={onDone}
    >
      <p>{t("people.disable_text")}</p>
    </ActionDialog>
  );
}

export function EnableDialog({ user, onClose, onDone }: UserDialogProps): JSX.Element {
  return (
    <ActionDialog
      title={t("people.enable_title", { name: visible(user.name, 64) })}
      verb={t("people.enable_do")}
      targets={[user]}
      run={async () => void await api.patch<User>(pathOf(user), { disabled: false })}
      onClose={onClose}
      onDone={onDone}
    >
      <p>{t("people.enable_text")}</p>
    </ActionDialog>
  );
}

export function RemoveUserDialog({ user, onClose, onDone }: UserDialogProps): JSX.Element {
  const tokens = useResource(async (signal) => {
    const all = (await api.get<{ tokens: ApiToken[] }>("/api/v1/tokens", { signal })).tokens;
    return all.filter(({ userId }) => userId === user.id);
  }, [user.id]);
  return (
    <ActionDialog
      title={t("people.remove_title", { name: visible(user.name, 64) })}
      verb={t("common.remove")}
      isDanger
      typeToConfirm={user.name}
      targets={[user]}
      run={async () => void await api.delete<User>(pathOf(user))}
      onClose={onClose}
      onDone={onDone}
    >
      <p>{t("people.remove_text")}</p>
      <Loaded resource={tokens}>
        {(own) =>
          own.length > 0 && (
            <p>
              {t("people.loses", { tokens: t("people.tokens_n", { n: own.length }) })}:{" "}
              {own.slice(0, 20).map(({ name }) => visible(name, 80)).join(", ")}
            </p>
          )}
      </Loaded>
    </ActionDialog>
  );
}
