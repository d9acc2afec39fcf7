import type { JSX } from "preact";
import { t } from "../../kit/i18n/i18n.ts";
import { Code } from "../../ui/code.tsx";
import { Note } from "../../ui/problem.tsx";

/** What the host's owner has turned off, and the very lines that turn it on. */
export function PolicyNote({ title, lines }: { readonly title: string; readonly lines: string }): JSX.Element {
  return (
    <Note tone="warn">
      <strong>{title}</strong>
      <span>{t("files.off_why")}</span>
      <Code text={lines} label={t("files.off_lines")} />
      <span>{t("files.off_then")}</span>
      <Code text="agent reload" label={t("files.off_command")} />
    </Note>
  );
}
