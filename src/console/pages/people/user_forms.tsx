import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { type Role, ROLES, type User, type UserPatch } from "../../../protocol/mod.ts";
import { api } from "../../kit/api.ts";
import { t } from "../../kit/i18n/i18n.ts";
import { visible } from "../../kit/safe_text.ts";
import { Button } from "../../ui/button.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { Field, Select } from "../../ui/field.tsx";
import { toast } from "../../ui/toast.tsx";
import { FormDialog } from "../shared/form.tsx";
import { SecretBox } from "../shared/secret_box.tsx";
import { SelectorField } from "../shared/selector_field.tsx";
import { selectorOf } from "../shared/selectors.ts";
import { useSubmit } from "../shared/submit.ts";
import { MIN_PASSWORD_LENGTH, newPassword, USER_NAME } from "./new_password.ts";
import type { UserDialogProps } from "./user_action.ts";

export function RoleSelect({ value, onChange, hint }: {
  readonly value: Role;
  readonly onChange: (role: Role) => void;
  readonly hint?: string | undefined;
}): JSX.Element {
  return (
    <Select<Role>
      label={t("people.role")}
      value={value}
      onChange={onChange}
      options={ROLES.map((role) => ({ value: role, label: t(`shared.role_${role}`) }))}
      hint={
        <>
          {t(`people.role_${value}`)}
          {hint !== undefined && <strong class="shared-count">{hint}</strong>}
        </>
      }
    />
  );
}

/** Makes a user; the password is shown once where it was made here. */
export function NewUser({ onClose, onDone }: Omit<UserDialogProps, "user">): JSX.Element {
  const [name, password, scope] = [useSignal(""), useSignal(""), useSignal("")];
  const role = useSignal<Role>("viewer");
  const isChecked = useSignal(false);
  const isMade = useSignal(false);
  const hasMadePassword = useSignal(false);
  const form = useSubmit(async (signal) => {
    isChecked.value = true;
    if (!USER_NAME.test(name.peek()) || password.peek().length < MIN_PASSWORD_LENGTH) return;
    if (selectorOf(scope.peek()) === null) return;
    const body = { name: name.peek(), password: password.peek(), role: role.peek(), scope: scope.peek() };
    await api.post<User>("/api/v1/users", body, { signal });
    onDone();
    toast(t("people.user_made", { name: body.name }));
    if (hasMadePassword.peek()) isMade.value = true;
    else onClose();
  }, (field) => field === "name" || field === "password");
  if (isMade.value) return <PasswordOnce name={name.value} password={password.value} onClose={onClose} />;
  const told = form.fields.value;
  return (
    <FormDialog title={t("people.new_user")} verb={t("common.create")} form={form} onClose={onClose}>
      <Field
        label={t("common.name")}
        value={name.value}
        onInput={(value) => name.value = value.trim()}
        hint={t("people.name_hint")}
        maxLength={64}
        isRequired
        hasFocus
        problem={told.get("name") ?? (isChecked.value && !USER_NAME.test(name.value) ? t("people.name_wrong") : null)}
      />
      <RoleSelect value={role.value} onChange={(value) => role.value = value} />
      <SelectorField label={t("people.scope")} value={scope.value} onInput={(value) => scope.value = value} />
      <PasswordField
        value={password.value}
        isChecked={isChecked.value}
        told={told.get("password")}
        onInput={(value, isMadeHere) => {
          password.value = value;
          hasMadePassword.value = isMadeHere;
        }}
      />
    </FormDialog>
  );
}

export function EditUser({ user, onClose, onDone }: UserDialogProps): JSX.Element {
  const role = useSignal<Role>(user.role);
  const scope = useSignal(user.scope);
  const patch: UserPatch = {
    ...role.value !== user.role && { role: role.value },
    ...scope.value.trim() !== user.scope && { scope: scope.value },
  };
  const isSame = Object.keys(patch).length === 0;
  const form = useSubmit(async (signal) => {
    if (selectorOf(scope.peek()) === null || isSame) return;
    await api.patch<User>(`/api/v1/users/${encodeURIComponent(user.id)}`, patch, { signal });
    toast(t("people.changed", { name: user.name }));
    onDone();
    onClose();
  });
  const all = t("people.scope_all");
  return (
    <FormDialog
      title={t("people.edit", { name: visible(user.name, 64) })}
      verb={t("common.save")}
      form={form}
      onClose={onClose}
      whyNot={isSame ? t("people.no_change") : null}
    >
      <RoleSelect value={role.value} onChange={(value) => role.value = value} />
      <SelectorField label={t("people.scope")} value={scope.value} onInput={(value) => scope.value = value} />
      {!isSame && (
        <ul class="people-changes" aria-live="polite">
          {patch.role !== undefined && (
            <Change
              what={t("people.role")}
              before={t(`shared.role_${user.role}`)}
              after={t(`shared.role_${patch.role}`)}
            />
          )}
          {patch.scope !== undefined && (
            <Change
              what={t("people.scope")}
              before={user.scope === "" ? all : visible(user.scope)}
              after={patch.scope.trim() === "" ? all : visible(patch.scope)}
            />
          )}
        </ul>
      )}
    </FormDialog>
  );
}

function Change(values: { readonly what: string; readonly before: string; readonly after: string }): JSX.Element {
  return <li class="break">{t("people.will_change", { ...values })}</li>;
}

export function ResetPassword({ user, onClose, onDone }: UserDialogProps): JSX.Element {
  const password = useSignal("");
  const isChecked = useSignal(false);
  const isSet = useSignal(false);
  const form = useSubmit(async (signal) => {
    isChecked.value = true;
    if (password.peek().length < MIN_PASSWORD_LENGTH) return;
    const body: UserPatch = { password: password.peek() };
    await api.patch<User>(`/api/v1/users/${encodeURIComponent(user.id)}`, body, { signal });
    toast(t("people.changed", { name: user.name }));
    onDone();
    isSet.value = true;
  }, (field) => field === "password");
  if (isSet.value) return <PasswordOnce name={user.name} password={password.value} onClose={onClose} />;
  return (
    <FormDialog
      title={t("people.reset_title", { name: visible(user.name, 64) })}
      verb={t("people.reset_do")}
      isDanger
      form={form}
      onClose={onClose}
    >
      <p>{t("people.reset_text")}</p>
      <PasswordField
        value={password.value}
        isChecked={isChecked.value}
        told={form.fields.value.get("password")}
        onInput={(value) => password.value = value}
      />
    </FormDialog>
  );
}

function PasswordField({ value, isChecked, told, onInput }: {
  readonly value: string;
  readonly isChecked: boolean;
  readonly told: string | undefined;
  readonly onInput: (value: string, isMadeHere: boolean) => void;
}): JSX.Element {
  const isShown = useSignal(false);
  const isShort = isChecked && value.length < MIN_PASSWORD_LENGTH;
  return (
    <div class="people-password">
      <Field
        class="grow"
        label={t("people.password")}
        type={isShown.value ? "text" : "password"}
        value={value}
        onInput={(next) => onInput(next, false)}
        hint={t("people.password_hint")}
        autocomplete="new-password"
        maxLength={256}
        isRequired
        isMono={isShown.value}
        problem={told ?? (isShort ? t("people.password_short") : null)}
      />
      <Button
        onClick={() => {
          onInput(newPassword(), true);
          isShown.value = true;
        }}
      >
        {t("people.password_make")}
      </Button>
    </div>
  );
}

function PasswordOnce({ name, password, onClose }: {
  readonly name: string;
  readonly password: string;
  readonly onClose: () => void;
}): JSX.Element {
  const title = t("people.password_is", { name: visible(name, 64) });
  return (
    <Dialog
      title={title}
      onClose={onClose}
      actions={<Button kind="primary" onClick={onClose}>{t("common.done")}</Button>}
    >
      <SecretBox secret={password} label={title} warning={t("people.password_once")} />
    </Dialog>
  );
}
