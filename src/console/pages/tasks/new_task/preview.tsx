import type { JSX } from "preact";
import type { HostView, MadeTasks } from "../../../../protocol/mod.ts";
import { t } from "../../../kit/i18n/i18n.ts";
import { hosts as liveHosts } from "../../../kit/live.ts";
import { visible, visibleLines } from "../../../kit/safe_text.ts";
import { StateBadge } from "../../../ui/badge.tsx";
import { Code } from "../../../ui/code.tsx";
import { Note } from "../../../ui/problem.tsx";
import { commandFor } from "../command_line.ts";
import type { TaskForm } from "./task_form.ts";

type PreviewHost = MadeTasks["hosts"][number];

const MAX_SHOWN = 500;
const MAX_WORDS = 100;
const AWAY: readonly string[] = ["offline", "unreachable", "unknown"];
const POLICY_LINES = "policy:\n  exec: on";
const DEFAULT_EXPIRY = "1h";

/** What would be run where, and on which of the hosts it would not, or not yet. */
export function Preview(
  { form, hosts }: { readonly form: TaskForm; readonly hosts: readonly PreviewHost[] },
): JSX.Element {
  const known = liveHosts.value;
  const away = hosts.filter(({ state }) => AWAY.includes(state));
  const refusing = hosts.filter(({ id }) => isRefusing(known.get(id)));
  const span = form.expiresIn.trim() === "" ? DEFAULT_EXPIRY : form.expiresIn.trim();
  return (
    <>
      {form.interpreter === "program"
        ? <Argv form={form} />
        : (
          <pre class="shared-output" tabIndex={0} role="region" aria-label={t("tasks.script_text")}>
            {visibleLines(form.text, 10_000)}
          </pre>
        )}
      {away.length > 0 && <Note>{t("tasks.preview_away", { n: away.length, span })}</Note>}
      {refusing.length > 0 && (
        <Note tone="warn">
          <span>{t("tasks.preview_refuse", { n: refusing.length })}</span>
          <span>{t("tasks.refuses_line")}</span>
          <Code text={POLICY_LINES} label={t("tasks.refuses_line")} />
        </Note>
      )}
      {hosts.length === 0 && <Note tone="warn">{t("tasks.preview_none")}</Note>}
      {hosts.length > 0 && (
        <ul class="tasks-hosts" tabIndex={0} aria-label={t("tasks.new_hosts")}>
          {hosts.slice(0, MAX_SHOWN).map((host) => (
            <li key={host.id}>
              <span class="strong cut grow">{visible(host.name, 80)}</span>
              {isRefusing(known.get(host.id)) && <span class="warn small">{t("tasks.refuses")}</span>}
              <StateBadge state={host.state} />
            </li>
          ))}
        </ul>
      )}
      {hosts.length > MAX_SHOWN && (
        <span class="muted small">{t("action.and_more", { n: hosts.length - MAX_SHOWN })}</span>
      )}
    </>
  );
}

function isRefusing(host: HostView | undefined): boolean {
  const policy = host?.facts?.policy?.exec;
  return policy !== undefined && policy === "off";
}

/** The words of a command as the host is given them, so that nobody has to guess what quotes have done. */
export function Argv({ form }: { readonly form: TaskForm }): JSX.Element | null {
  const command = commandFor(form.interpreter, form.text);
  if (!("argv" in command)) return null;
  return (
    <div class="tasks-argv">
      <span class="muted small">{t("tasks.words", { n: command.argv.length })}</span>
      {command.argv.slice(0, MAX_WORDS).map((word, at) => (
        <code key={at}>{word === "" ? '""' : visible(word, 300)}</code>
      ))}
      {command.argv.length > MAX_WORDS && <span>…</span>}
    </div>
  );
}
