import { type Signal, useSignal } from "@preact/signals";
import type { JSX } from "preact";
import type { Me } from "../../../protocol/mod.ts";
import { api, ApiProblem, PROBLEM_CODES } from "../../kit/api.ts";
import { language, LANGUAGE_NAMES, LANGUAGES, setLanguage, t } from "../../kit/i18n/i18n.ts";
import { visible } from "../../kit/safe_text.ts";
import { me, take } from "../../kit/session.ts";
import { setTheme, theme, THEMES } from "../../kit/theme.ts";
import { Badge } from "../../ui/badge.tsx";
import { Button } from "../../ui/button.tsx";
import { Field, type FieldProps } from "../../ui/field.tsx";
import { Page, Section } from "../../ui/page.tsx";
import { Note, Problem } from "../../ui/problem.tsx";
import { Segments } from "../../ui/tabs.tsx";
import { At } from "../../ui/time.tsx";
import { toast, toastProblem } from "../../ui/toast.tsx";
import { Form } from "../shared/form.tsx";
import { Sessions } from "../shared/sessions.tsx";
import { useSubmit } from "../shared/submit.ts";

const MIN_LENGTH = 12;

export default function ProfilePage(): JSX.Element {
  const who = me.value;
  return (
    <Page title={t("profile.title")}>
      <div class="grid2">
        {who !== null && <Account who={who} />}
        <Look />
      </div>
      {who?.user === undefined ? <Note>{t("profile.token_only")}</Note> : (
        <>
          <PasswordForm />
          <Sessions title={t("profile.sessions")} />
        </>
      )}
    </Page>
  );
}

function Account({ who }: { readonly who: Me }): JSX.Element {
  return (
    <Section title={t("profile.account")}>
      <div class="card">
        <dl class="facts">
          <dt>{t("common.name")}</dt>
          <dd class="strong break">{visible(who.user?.name ?? who.token ?? "", 80)}</dd>
          <dt>{t("profile.role")}</dt>
          <dd>
            <Badge tone={who.role === "admin" ? "warn" : "dim"}>{t(`shared.role_${who.role}`)}</Badge>
          </dd>
          <dt>{t("profile.scope")}</dt>
          <dd class="break">{who.scope === "" ? t("shared.all_hosts") : <code>{visible(who.scope, 500)}</code>}</dd>
          {who.user !== undefined && (
            <>
              <dt>{t("profile.since")}</dt>
              <dd>
                <At ms={who.user.createdMs} />
              </dd>
            </>
          )}
          <dt>{t("profile.may")}</dt>
          <dd class="labels">{who.verbs.map((verb) => <span key={verb} class="label">{verb}</span>)}</dd>
        </dl>
      </div>
    </Section>
  );
}

function Look(): JSX.Element {
  return (
    <Section title={t("profile.look")}>
      <div class="card stack">
        <div class="stack tight">
          <span class="field-label">{t("profile.language")}</span>
          <div>
            <Segments
              label={t("profile.language")}
              value={language.value}
              options={LANGUAGES.map((value) => ({ value, label: LANGUAGE_NAMES[value] }))}
              onChange={(value) => void setLanguage(value).catch(toastProblem)}
            />
          </div>
        </div>
        <div class="stack tight">
          <span class="field-label">{t("profile.theme")}</span>
          <div>
            <Segments
              label={t("profile.theme")}
              value={theme.value}
              options={THEMES.map((value) => ({ value, label: t(`profile.theme_${value}`) }))}
              onChange={setTheme}
            />
          </div>
        </div>
        <span class="muted small">{t("profile.kept")}</span>
      </div>
    </Section>
  );
}

function PasswordForm(): JSX.Element {
  const [current, next, again] = [useSignal(""), useSignal(""), useSignal("")];
  const isChecked = useSignal(false);
  const form = useSubmit(async (signal) => {
    isChecked.value = true;
    if (current.peek() === "" || nextProblem(current.peek(), next.peek()) !== null || next.peek() !== again.peek()) {
      return;
    }
    take(await api.put<Me>("/api/v1/me/password", { current: current.peek(), next: next.peek() }, { signal }));
    for (const field of [current, next, again]) field.value = "";
    isChecked.value = false;
    toast(t("profile.password_changed"));
  });
  const isWrong = form.problem.value instanceof ApiProblem && form.problem.value.code === PROBLEM_CODES.forbidden;
  const checked = isChecked.value;
  return (
    <Section title={t("profile.password")}>
      <Form form={form} class="card stack profile-password">
        {form.problem.value !== undefined && !isWrong && <Problem problem={form.problem.value} />}
        <PasswordField
          label={t("profile.password_current")}
          autocomplete="current-password"
          password={current}
          problem={isWrong
            ? visible((form.problem.value as ApiProblem).message, 300)
            : checked && current.value === ""
            ? t("common.required")
            : null}
        />
        <PasswordField
          label={t("profile.password_new")}
          autocomplete="new-password"
          password={next}
          hint={t("profile.password_hint")}
          problem={checked ? nextProblem(current.value, next.value) : null}
        />
        <PasswordField
          label={t("profile.password_again")}
          autocomplete="new-password"
          password={again}
          problem={checked && next.value !== again.value ? t("profile.password_differs") : null}
        />
        <div class="row wrap">
          <Button kind="primary" type="submit" isBusy={form.isBusy.value}>{t("profile.password_change")}</Button>
          <span class="muted small">{t("profile.password_ends")}</span>
        </div>
      </Form>
    </Section>
  );
}

function PasswordField({ password, ...field }: Pick<FieldProps, "label" | "autocomplete" | "hint" | "problem"> & {
  readonly password: Signal<string>;
}): JSX.Element {
  return (
    <Field
      {...field}
      type="password"
      maxLength={256}
      value={password.value}
      onInput={(value) => password.value = value}
      isRequired
    />
  );
}

function nextProblem(current: string, next: string): string | null {
  if (next.length < MIN_LENGTH) return t("profile.password_short");
  return next === current ? t("profile.password_same") : null;
}
