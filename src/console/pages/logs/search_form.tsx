import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { SEARCH_LIMITS } from "../../../protocol/mod.ts";
import { number } from "../../kit/format.ts";
import { t } from "../../kit/i18n/i18n.ts";
import { Button } from "../../ui/button.tsx";
import { Checkbox, Field, Select } from "../../ui/field.tsx";
import { LIMITS, RANGE, rangeProblem, type SearchForm as Form, SPANS } from "./model/search_query.ts";

/** What is too long is said to be, and not cut to something else than was meant. */
const MAX_PASTED = 100_000;

/** What is looked for, and where. */
export function SearchForm({ given, isBusy, onSearch, onCancel }: {
  /** As the address has it. */
  readonly given: Form;
  readonly isBusy: boolean;
  readonly onSearch: (form: Form) => void;
  readonly onCancel: () => void;
}): JSX.Element {
  const form = useSignal(given);
  const isTried = useSignal(false);
  useEffect(() => {
    form.value = given;
  }, [given]);
  const current = form.value;
  const change = (part: Partial<Form>) => form.value = { ...form.peek(), ...part };
  const submit = () => {
    isTried.value = true;
    if (patternProblem(form.peek().pattern, true) !== null || rangeProblem(form.peek()) !== null) return;
    onSearch(form.peek());
  };
  return (
    <form
      class="logs-form card"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <div class="logs-form-main">
        <Field
          class="grow"
          label={t("logs.pattern")}
          value={current.pattern}
          onInput={(pattern) => change({ pattern })}
          problem={patternProblem(current.pattern, isTried.value)}
          maxLength={MAX_PASTED}
          isMono
        />
        <Checkbox label={t("logs.regex")} isChecked={current.isRegex} onChange={(isRegex) => change({ isRegex })} />
        <Checkbox
          label={t("logs.case_title")}
          isChecked={current.isCaseSensitive}
          onChange={(isCaseSensitive) => change({ isCaseSensitive })}
        />
        {isBusy
          ? <Button icon="stop" onClick={onCancel}>{t("logs.cancel")}</Button>
          : <Button type="submit" kind="primary" icon="search">{t("logs.search")}</Button>}
      </div>
      <details open={isRoomy()}>
        <summary>{t("logs.where_when")}</summary>
        <Where form={current} change={change} />
      </details>
    </form>
  );
}

/** In which logs, and of which time. */
function Where({ form, change }: {
  readonly form: Form;
  readonly change: (part: Partial<Form>) => void;
}): JSX.Element {
  const wrong = rangeProblem(form);
  return (
    <div class="logs-form-where">
      <Field
        label={t("logs.hosts")}
        value={form.hosts}
        onInput={(hosts) => change({ hosts })}
        hint={t("logs.hosts_hint")}
        maxLength={10_000}
        isMono
      />
      <Field
        label={t("logs.process")}
        value={form.process}
        onInput={(process) => change({ process })}
        hint={t("logs.process_hint")}
        maxLength={1_000}
        isMono
      />
      <Field
        label={t("logs.file")}
        value={form.file}
        onInput={(file) => change({ file })}
        hint={t("logs.file_hint")}
        isMono
      />
      <Select
        label={t("logs.span")}
        value={form.span}
        options={[...SPANS, RANGE].map((value) => ({ value, label: t(`logs.span_${value as SpanName}`) }))}
        onChange={(span) => change({ span })}
      />
      <Select
        label={t("logs.limit")}
        value={form.limit}
        options={LIMITS.map((value) => ({ value, label: t("logs.limit_n", { n: value }) }))}
        onChange={(limit) => change({ limit })}
      />
      {form.span === RANGE && (
        <>
          <Field
            label={t("logs.from")}
            type="datetime-local"
            value={form.from}
            onInput={(from) => change({ from })}
            problem={wrong === null ? null : t(`logs.range_${wrong}`)}
          />
          <Field
            label={t("logs.to")}
            type="datetime-local"
            value={form.to}
            onInput={(to) => change({ to })}
          />
        </>
      )}
    </div>
  );
}

function patternProblem(pattern: string, isTried: boolean): string | null {
  const most = SEARCH_LIMITS.patternChars;
  if (pattern.length > most) return t("logs.pattern_long", { n: number(most), have: number(pattern.length) });
  return isTried && pattern === "" ? t("logs.pattern_needed") : null;
}

/** A telephone shows it when it is asked for. */
function isRoomy(): boolean {
  return matchMedia("(min-width: 900px)").matches;
}

type SpanName = (typeof SPANS)[number] | typeof RANGE;
