import type { JSX } from "preact";
import { t } from "../../kit/i18n/i18n.ts";
import { visible } from "../../kit/safe_text.ts";
import type { Preview } from "./explain.ts";
import { selectorText } from "./selector_name.tsx";
import { shownValue } from "./value_text.ts";

const MAX_ROWS = 100;
const MAX_WINNERS = 10;

/** What a rule would change on how many hosts, and which rules win over it. */
export function PreviewTable({ preview }: { readonly preview: Preview }): JSX.Element {
  const { fitting, changed, rows, overruled } = preview;
  const title = fitting === 0
    ? t("settings.preview_no_hosts")
    : changed === 0
    ? t("settings.preview_none")
    : t("settings.preview_hosts", { n: changed });
  return (
    <div class="stack tight settings-preview">
      <h3>{t("settings.preview")}</h3>
      <p role="status" class={changed === 0 ? "muted" : undefined}>{title}</p>
      {rows.length > 0 && (
        <div class="settings-scroll" tabIndex={0} role="region" aria-label={t("settings.preview")}>
          <table>
            <thead>
              <tr>
                <th scope="col">{t("settings.key")}</th>
                <th scope="col">{t("settings.before")}</th>
                <th scope="col">{t("settings.after")}</th>
                <th scope="col">{t("settings.on")}</th>
              </tr>
            </thead>
            <tbody>
              {rows.slice(0, MAX_ROWS).map((row) => (
                <tr key={JSON.stringify([row.key, row.before, row.after])}>
                  <th scope="row">
                    <code>{visible(row.key, 200)}</code>
                  </th>
                  <td>{"before" in row ? visible(shownValue(row.before)) : <Own />}</td>
                  <td>{"after" in row ? <strong>{visible(shownValue(row.after))}</strong> : <Own />}</td>
                  <td class="nums muted">{t("settings.preview_row", { n: row.hosts })}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {rows.length > MAX_ROWS && <span class="muted small">{t("action.and_more", { n: rows.length - MAX_ROWS })}</span>}
      {overruled.slice(0, MAX_WINNERS).map(({ select, hosts }) => (
        <p key={select} class="warn small">{t("settings.overruled", { n: hosts, select: selectorText(select) })}</p>
      ))}
    </div>
  );
}

function Own(): JSX.Element {
  return <span class="muted">{t("settings.own_config")}</span>;
}
