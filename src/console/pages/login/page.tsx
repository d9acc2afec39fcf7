import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { Outside } from "../../frame/outside.tsx";
import { api } from "../../kit/api.ts";
import { t } from "../../kit/i18n/i18n.ts";
import { navigate, route } from "../../kit/router.tsx";
import { logIn, me } from "../../kit/session.ts";
import { Button } from "../../ui/button.tsx";
import { Code } from "../../ui/code.tsx";
import { Field } from "../../ui/field.tsx";
import { Note, Problem } from "../../ui/problem.tsx";
import { Form } from "../shared/form.tsx";
import { useSubmit } from "../shared/submit.ts";
import { safeTarget } from "./safe_target.ts";

export default function LoginPage(): JSX.Element {
  const name = useSignal("");
  const password = useSignal("");
  const needsSetup = useSignal(false);
  const target = safeTarget(route.value.query.get("to"), location.origin);
  useEffect(() => {
    if (me.value !== null) navigate(target, { replace: true });
  }, [me.value !== null]);
  useEffect(() => {
    api.get<{ needed: boolean }>("/api/v1/setup").then(({ needed }) => needsSetup.value = needed, () => {
      // Whether it is so is a hint alone; logging in tells what is wrong.
    });
  }, []);
  const form = useSubmit(async () => {
    if (name.peek().trim() === "" || password.peek() === "") throw new Error(t("login.no_password"));
    try {
      await logIn(name.peek().trim(), password.peek());
    } catch (error) {
      password.value = "";
      throw error;
    }
  });
  return (
    <Outside title={t("login.title")}>
      {needsSetup.value && (
        <Note>
          <span>{t("login.setup")}</span>
          <span class="muted">{t("login.setup_how")}</span>
          <Code text="agent manager setup-link" label={t("login.setup_how")} />
        </Note>
      )}
      <Form form={form}>
        <Field
          label={t("login.name")}
          value={name.value}
          onInput={(value) => name.value = value}
          autocomplete="username"
          maxLength={64}
          isFirst
        />
        <Field
          label={t("login.password")}
          type="password"
          value={password.value}
          onInput={(value) => password.value = value}
          autocomplete="current-password"
          maxLength={256}
        />
        {form.problem.value !== undefined && <Problem problem={form.problem.value} />}
        <Button type="submit" kind="primary" isBusy={form.isBusy.value}>{t("login.submit")}</Button>
      </Form>
    </Outside>
  );
}
