import { useSignal } from "@preact/signals";
import type { ComponentChildren, JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { t } from "../kit/i18n/i18n.ts";
import { visible } from "../kit/safe_text.ts";
import { Button } from "./button.tsx";
import { Dialog } from "./dialog.tsx";
import { Field } from "./field.tsx";
import { Icon } from "./icon.tsx";
import { wordsOf } from "./problem.tsx";
import { runAll, type TargetResult } from "./run_all.ts";

export interface ActionTarget {
  readonly id: string;
  readonly name: string;
  /** What else tells it from others: its host, its state. */
  readonly detail?: ComponentChildren;
  /** Why it is left out; it is shown, and not run. */
  readonly whyNot?: string | null | undefined;
}

export interface ActionDialogProps {
  /** "Restart 3 processes". */
  readonly title: string;
  /** What will happen, in a sentence or two. */
  readonly children?: ComponentChildren;
  readonly targets: readonly ActionTarget[];
  /** The word on the button: "Restart". */
  readonly verb: string;
  readonly isDanger?: boolean | undefined;
  /** To be typed before it can be run; for what cannot be undone. */
  readonly typeToConfirm?: string | undefined;
  /** Off, and why: something in `children` has to be filled in first. */
  readonly whyNot?: string | null | undefined;
  /** Does it to one target; what it gives is shown beside it, and its error. */
  readonly run: (target: ActionTarget, signal: AbortSignal) => Promise<string | void>;
  /** How many at once; 8 when absent. */
  readonly concurrency?: number | undefined;
  readonly onClose: () => void;
  /** After all has ended. */
  readonly onDone?: ((results: ReadonlyMap<string, TargetResult>) => void) | undefined;
}

const MAX_SHOWN = 200;
const MAX_TYPED = 300;

/** Shows what would be done to what, does it, and says for each target what has come of it. */
export function ActionDialog(props: ActionDialogProps): JSX.Element {
  const { title, targets, verb, typeToConfirm, onClose } = props;
  const phase = useSignal<"preview" | "running" | "ended">("preview");
  const results = useSignal<ReadonlyMap<string, TargetResult>>(new Map());
  const typed = useSignal("");
  const stopping = useRef(new AbortController());
  useEffect(() => () => stopping.current.abort(), []);
  const [wanted, leftOut] = [targets.filter((each) => !isLeftOut(each)), targets.filter(isLeftOut)];
  const failed = wanted.filter(({ id }) => results.value.get(id)?.state === "failed");
  const start = async (chosen: readonly ActionTarget[]) => {
    if (phase.peek() === "running" || chosen.length === 0) return;
    stopping.current = new AbortController();
    const { signal } = stopping.current;
    phase.value = "running";
    await runAll(chosen, {
      run: (target) => props.run(target, signal),
      concurrency: props.concurrency,
      signal,
      onResult: (id, result) => results.value = new Map(results.peek()).set(id, result),
      wordsOf,
    });
    phase.value = "ended";
    props.onDone?.(results.peek());
  };
  const isUnconfirmed = typeToConfirm !== undefined && asTyped(typed.value) !== asTyped(typeToConfirm);
  const nothing = wanted.length === 0 ? t("action.none") : null;
  return (
    <Dialog
      title={title}
      onClose={onClose}
      isBusy={phase.value === "running"}
      onSubmit={() => {
        if (phase.peek() === "preview" && !isUnconfirmed && (props.whyNot ?? nothing) === null) start(wanted);
      }}
      actions={
        <>
          {phase.value === "running"
            ? <Button onClick={() => stopping.current.abort()}>{t("action.stop")}</Button>
            : <Button onClick={onClose}>{phase.value === "preview" ? t("common.cancel") : t("common.close")}</Button>}
          {phase.value === "ended" && failed.length > 0 && (
            <Button icon="reload" onClick={() => start(failed)}>{t("action.retry_failed")}</Button>
          )}
          {phase.value !== "ended" && (
            <Button
              type="submit"
              kind={props.isDanger === true ? "danger" : "primary"}
              isBusy={phase.value === "running"}
              isDisabled={isUnconfirmed}
              whyNot={props.whyNot ?? nothing}
            >
              {verb}
            </Button>
          )}
        </>
      }
    >
      {phase.value === "preview" && props.children}
      {phase.value !== "preview" && <Progress total={wanted.length} results={results.value} phase={phase.value} />}
      <TargetList title={t("action.targets")} targets={wanted} results={results.value} />
      {leftOut.length > 0 && <TargetList title={t("action.left_out")} targets={leftOut} results={results.value} />}
      {phase.value === "preview" && typeToConfirm !== undefined && (
        <Field
          label={t("action.type_name", { name: asTyped(typeToConfirm) })}
          value={typed.value}
          onInput={(value) => typed.value = value}
          hasFocus
        />
      )}
    </Dialog>
  );
}

/** A name as it is shown, since a file's may hold what nobody can type. */
function asTyped(text: string): string {
  return visible(text, MAX_TYPED).replaceAll(/\s+/g, " ").trim();
}

function isLeftOut({ whyNot }: ActionTarget): boolean {
  return whyNot !== null && whyNot !== undefined;
}

function Progress({ total, results, phase }: {
  readonly total: number;
  readonly results: ReadonlyMap<string, TargetResult>;
  readonly phase: "running" | "ended";
}): JSX.Element {
  const all = [...results.values()];
  const failed = all.filter(({ state }) => state === "failed").length;
  const done = all.filter(({ state }) => state === "done" || state === "failed").length;
  const text = phase === "running"
    ? t("action.progress", { done, total })
    : failed > 0
    ? t("action.some_failed", { failed, total })
    : done < total
    ? t("action.progress", { done, total })
    : t("action.ok", { n: total });
  return (
    <div class="stack tight">
      <progress class="progress" max={total} value={done} aria-label={text} />
      <span role="status" class={failed > 0 ? "bad" : undefined}>{text}</span>
    </div>
  );
}

function TargetList({ title, targets, results }: {
  readonly title: string;
  readonly targets: readonly ActionTarget[];
  readonly results: ReadonlyMap<string, TargetResult>;
}): JSX.Element {
  const shown = targets.slice(0, MAX_SHOWN);
  return (
    <section class="stack tight">
      <h3>
        {title} <span class="muted">{targets.length}</span>
      </h3>
      {targets.length === 0 && <span class="muted">{t("action.none")}</span>}
      <ul class="targets" tabIndex={0} aria-label={title} hidden={targets.length === 0}>
        {shown.map((target) => {
          const result = results.get(target.id);
          return (
            <li key={target.id} class="target">
              <ResultIcon state={result?.state} />
              <span class="cut">{visible(target.name, 100)}</span>
              <span class="target-detail">
                {result?.message !== undefined && result.message !== ""
                  ? (
                    <span class={result.state === "failed" ? "bad break" : "muted break"}>
                      {visible(result.message, 500)}
                    </span>
                  )
                  : target.whyNot ?? target.detail}
              </span>
            </li>
          );
        })}
      </ul>
      {targets.length > shown.length && (
        <span class="muted small">{t("action.and_more", { n: targets.length - shown.length })}</span>
      )}
    </section>
  );
}

function ResultIcon({ state }: { readonly state: TargetResult["state"] | undefined }): JSX.Element | null {
  if (state === undefined || state === "waiting") return null;
  if (state === "running") return <span class="spinner" role="img" aria-label={t("common.running")} />;
  const isGood = state === "done";
  return (
    <span class={isGood ? "good" : "bad"} role="img" aria-label={isGood ? t("common.done") : t("common.failed")}>
      <Icon name={isGood ? "check" : "warning"} />
    </span>
  );
}
