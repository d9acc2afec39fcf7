import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import type { HostView, MadeTasks, NewTasks } from "../../../protocol/mod.ts";
import { api } from "../../kit/api.ts";
import { t } from "../../kit/i18n/i18n.ts";
import { navigate } from "../../kit/router.tsx";
import { whyNot } from "../../kit/session.ts";
import { ActionDialog } from "../../ui/action_dialog.tsx";
import { Field, Select } from "../../ui/field.tsx";
import { toast } from "../../ui/toast.tsx";
import { commandFor, type Interpreter, INTERPRETERS } from "../tasks/command_line.ts";
import { randomKey } from "../tasks/random_key.ts";
import { targetOf } from "./bulk_targets.ts";

const AT_ONCE = "50";
const MAX_AT_ONCE = 10_000;
const MAX_TITLE_LENGTH = 80;
const LINES = 3;

/** A command as a task of each of these hosts: those that are away get it when they are back. */
export function RunCommand({ hosts, onClose }: {
  readonly hosts: readonly HostView[];
  readonly onClose: () => void;
}): JSX.Element {
  const interpreter = useSignal<Interpreter>("program");
  const text = useSignal("");
  const atOnce = useSignal(AT_ONCE);
  const made = useSignal<MadeTasks | null>(null);
  const key = useMemo(randomKey, []);
  const command = commandFor(interpreter.value, text.value);
  const concurrency = Number(atOnce.value);
  const isNumber = Number.isInteger(concurrency) && concurrency >= 1 && concurrency <= MAX_AT_ONCE;
  const problem = "problem" in command ? t(`hosts.run_${command.problem}`) : null;
  const targets = hosts.map((host) => targetOf(host, refusal(host)));
  const wanted = targets.filter(({ whyNot: reason }) => reason === null).map(({ id }) => id);
  // One request makes all tasks together, so that they are one batch; whichever host comes first sends it for the rest.
  const send = useMemo(() => ({ answer: null as Promise<MadeTasks> | null }), []);
  const run = async (id: string) => {
    if ("problem" in command) return "";
    send.answer ??= api.post<MadeTasks>("/api/v1/tasks", tasksOf(command.argv, text.peek(), wanted, concurrency, key));
    try {
      made.value = await send.answer;
    } catch (error) {
      send.answer = null;
      throw error;
    }
    return made.value.hosts.some((each) => each.id === id) ? "" : t("common.skipped");
  };
  return (
    <ActionDialog
      title={t("hosts.run_title", { n: hosts.length })}
      verb={t("hosts.run")}
      whyNot={problem ?? (isNumber ? null : t("hosts.run_number"))}
      targets={targets}
      run={({ id }) => run(id)}
      onClose={onClose}
      onDone={() => {
        const batch = made.peek()?.batch?.id;
        if (batch === undefined) return;
        toast(t("hosts.run_made"));
        navigate(`/tasks?batch=${encodeURIComponent(batch)}`);
      }}
    >
      <Select
        label={t("hosts.run_as")}
        value={interpreter.value}
        options={INTERPRETERS.map((value) => ({ value, label: t(`hosts.run_${value}`) }))}
        onChange={(value) => interpreter.value = value}
      />
      <Field
        label={t("hosts.run_command")}
        hint={t("hosts.run_hint")}
        value={text.value}
        problem={text.value === "" ? null : problem}
        lines={LINES}
        maxLength={20_000}
        onInput={(value) => text.value = value}
        isMono
        hasFocus
      />
      <Field
        label={t("hosts.run_at_once")}
        type="number"
        value={atOnce.value}
        problem={isNumber ? null : t("hosts.run_number")}
        onInput={(value) => atOnce.value = value}
      />
    </ActionDialog>
  );
}

/** One that is away is no reason: it gets its task when it is back. */
function refusal(host: HostView): string | null {
  return whyNot("host.exec", { ...host, state: "online" }, "exec") ?? (host.drained ? t("state.drained") : null);
}

function tasksOf(
  argv: readonly string[],
  text: string,
  hosts: readonly string[],
  concurrency: number,
  idempotencyKey: string,
): NewTasks {
  const title = text.replaceAll(/\s+/g, " ").trim().slice(0, MAX_TITLE_LENGTH);
  return {
    idempotencyKey,
    title,
    operation: { method: "POST", path: "/v1/exec", body: { argv: [...argv] } },
    hosts: [...hosts],
    concurrency,
  };
}
