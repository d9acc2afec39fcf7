import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import type { MadeJoinToken } from "../../../protocol/mod.ts";
import { t } from "../../kit/i18n/i18n.ts";
import { Code } from "../../ui/code.tsx";
import { Note } from "../../ui/problem.tsx";
import { Segments } from "../../ui/tabs.tsx";

const SYSTEMS = ["linux", "windows", "darwin"] as const;
type System = (typeof SYSTEMS)[number];
/** Addresses of the manager that mean another machine wherever they are used. */
const OWN_MACHINE = /\bhttps?:\/\/(?:localhost|127\.|\[::1\])/;

/** For each system what to do on the host, down to the one command to copy. */
export function JoinCommands({ made }: { readonly made: MadeJoinToken }): JSX.Element {
  const system = useSignal<System>("linux");
  const command = made.commands[system.value];
  return (
    <div class="stack">
      <Segments
        label={t("join.systems")}
        value={system.value}
        options={SYSTEMS.filter((each) => each in made.commands).map((each) => ({
          value: each,
          label: t(`join.${each}`),
        }))}
        onChange={(next) => system.value = next}
      />
      <ol class="stack join-steps">
        <li>
          {t("join.step_file")}{" "}
          <span class="muted">{t(system.value === "windows" ? "join.step_file_windows" : "join.step_file_linux")}</span>
        </li>
        <li>
          {t("join.step_run")}
          {command !== undefined && <Code text={command} label={t("join.command")} />}
          {command !== undefined && OWN_MACHINE.test(command) && <Note tone="warn">{t("join.own_machine")}</Note>}
        </li>
      </ol>
    </div>
  );
}
