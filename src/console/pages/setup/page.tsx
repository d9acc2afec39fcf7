import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useMemo } from "preact/hooks";
import { Outside } from "../../frame/outside.tsx";
import { api } from "../../kit/api.ts";
import { t } from "../../kit/i18n/i18n.ts";
import { Link, navigate } from "../../kit/router.tsx";
import { setUp } from "../../kit/session.ts";
import { Button } from "../../ui/button.tsx";
import { Code } from "../../ui/code.tsx";
import { Field } from "../../ui/field.tsx";
import { Note, Problem } from "../../ui/problem.tsx";
import { Loaded, useResource } from "../../ui/resource.tsx";
import { Form } from "../shared/form.tsx";
import { useSubmit } from "../shared/submit.ts";
import { missingOf, type NewAdmin } from "./new_admin.ts";

/** The one-time secret stands behind the #, where no server sees it; it is taken out of the address at once. */
export default function SetupPage(): JSX.Element {
  const secret = useMemo(() => location.hash.slice(1), []);
  const state = useResource((signal) => api.get<{ needed: boolean }>("/api/v1/setup", { signal }), []);
  useEffect(() => {
    if (location.hash !== "") history.replaceState(null, "", location.pathname);
  }, []);
  return (
    <Outside title={t("setup.title")}>
      <Loaded resource={state}>
        {({ needed }) => {
          if (!needed) {
            return (
              <Note>
                <span>{t("setup.done")}</span>
                <Link href="/login">{t("setup.to_login")}</Link>
              </Note>
            );
          }
          return secret === "" ? <NoSecret /> : <AdminForm secret={secret} />;
        }}
      </Loaded>
    </Outside>
  );
}

function NoSecret(): JSX.Element {
  return (
    <Note tone="warn">
      <span>{t("setup.no_secret")}</span>
      <span>{t("setup.new_link")}</span>
      <Code text="agent manager setup-link" label={t("setup.new_link")} />
    </Note>
  );
}

function AdminForm({ secret }: { readonly secret: string }): JSX.Element {
  const admin = useSignal<NewAdmin>({ name: "admin", password: "", again: "" });
  const wasTried = useSignal(false);
  const shown = wasTried.value ? missingOf(admin.value) : {};
  const set = (key: keyof NewAdmin) => (value: string) => admin.value = { ...admin.peek(), [key]: value };
  const form = useSubmit(async () => {
    wasTried.value = true;
    const { name, password } = admin.peek();
    if (Object.keys(missingOf(admin.peek())).length > 0) return;
    await setUp(secret, name, password);
    navigate("/hosts?add=1", { replace: true });
  });
  return (
    <Form form={form}>
      <p class="muted">{t("setup.intro")}</p>
      <Field
        label={t("setup.name")}
        hint={t("setup.name_hint")}
        problem={shown.name}
        value={admin.value.name}
        onInput={set("name")}
        autocomplete="username"
        maxLength={64}
      />
      <Field
        label={t("setup.password")}
        type="password"
        hint={t("setup.password_hint")}
        problem={shown.password}
        value={admin.value.password}
        onInput={set("password")}
        autocomplete="new-password"
        maxLength={256}
        isFirst
      />
      <Field
        label={t("setup.again")}
        type="password"
        problem={shown.again}
        value={admin.value.again}
        onInput={set("again")}
        autocomplete="new-password"
        maxLength={256}
      />
      {form.problem.value !== undefined && <Problem problem={form.problem.value} />}
      <Button type="submit" kind="primary" isBusy={form.isBusy.value}>{t("setup.submit")}</Button>
    </Form>
  );
}
