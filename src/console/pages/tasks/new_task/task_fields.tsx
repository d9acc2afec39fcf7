import type { JSX } from "preact";
import { t } from "../../../kit/i18n/i18n.ts";
import { visible } from "../../../kit/safe_text.ts";
import { Field, Select } from "../../../ui/field.tsx";
import { SelectorField } from "../../shared/selector_field.tsx";
import { type Interpreter, INTERPRETERS } from "../command_line.ts";
import { Argv } from "./preview.tsx";
import type { FormField, FormProblem, TaskForm } from "./task_form.ts";

export interface TaskFieldsProps {
  readonly form: TaskForm;
  readonly problems: Readonly<Partial<Record<FormField, FormProblem>>>;
  readonly onChange: (change: Partial<TaskForm>) => void;
}

export function TaskFields({ form, problems, onChange }: TaskFieldsProps): JSX.Element {
  const isScript = form.interpreter !== "program";
  const problemOf = (field: FormField) => problems[field] === undefined ? null : t(`tasks.${problems[field]}`);
  return (
    <>
      {form.hosts === null
        ? (
          <SelectorField
            label={t("tasks.new_hosts")}
            value={form.select}
            onInput={(select) => onChange({ select })}
            hasFocus={form.select === ""}
          />
        )
        : (
          <p>
            {t("tasks.new_hosts")}: <strong>{form.hosts.map(({ name }) => visible(name, 80)).join(", ")}</strong>
          </p>
        )}
      <Select<Interpreter>
        label={t("tasks.interpreter")}
        value={form.interpreter}
        onChange={(interpreter) => onChange({ interpreter })}
        options={INTERPRETERS.map((value) => ({ value, label: t(`tasks.as_${value}`) }))}
      />
      <Field
        label={t(isScript ? "tasks.script_text" : "tasks.command")}
        value={form.text}
        onInput={(text) => onChange({ text })}
        lines={isScript ? 6 : 2}
        maxLength={32_000}
        isMono
        hasFocus={form.hosts !== null || form.select !== ""}
        hint={isScript ? undefined : t("tasks.command_hint")}
        problem={problemOf("text")}
      />
      {!isScript && <Argv form={form} />}
      <details>
        <summary>{t("tasks.advanced")}</summary>
        <MoreFields form={form} onChange={onChange} problemOf={problemOf} />
      </details>
    </>
  );
}

function MoreFields({ form, onChange, problemOf }: Omit<TaskFieldsProps, "problems"> & {
  readonly problemOf: (field: FormField) => string | null;
}): JSX.Element {
  return (
    <div class="stack tasks-more">
      <Field
        label={t("tasks.title_field")}
        hint={t("tasks.title_hint")}
        value={form.title}
        maxLength={80}
        onInput={(title) => onChange({ title })}
      />
      <div class="grid2">
        <Field label={t("tasks.cwd")} value={form.cwd} isMono onInput={(cwd) => onChange({ cwd })} />
        <Field
          label={t("tasks.run_user")}
          value={form.user}
          isMono
          maxLength={64}
          onInput={(user) => onChange({ user })}
        />
        <Field
          label={t("tasks.timeout_field")}
          hint={t("tasks.timeout_hint")}
          value={form.timeout}
          maxLength={32}
          onInput={(timeout) => onChange({ timeout })}
          problem={problemOf("timeout")}
        />
        <Field
          label={t("tasks.expires_field")}
          hint={t("tasks.expires_hint")}
          value={form.expiresIn}
          maxLength={32}
          onInput={(expiresIn) => onChange({ expiresIn })}
          problem={problemOf("expiresIn")}
        />
        <Field
          label={t("tasks.concurrency_field")}
          hint={t("tasks.concurrency_hint")}
          value={form.concurrency}
          maxLength={5}
          onInput={(concurrency) => onChange({ concurrency })}
          problem={problemOf("concurrency")}
        />
        <Field
          label={t("tasks.failures_field")}
          hint={t("tasks.failures_hint")}
          value={form.maxFailures}
          maxLength={5}
          onInput={(maxFailures) => onChange({ maxFailures })}
          problem={problemOf("maxFailures")}
        />
      </div>
      <Field
        label={t("tasks.stdin")}
        value={form.stdin}
        lines={3}
        maxLength={200_000}
        isMono
        onInput={(stdin) => onChange({ stdin })}
      />
    </div>
  );
}
