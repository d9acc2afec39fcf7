import type { JSX } from "preact";
import type { AuditVerification } from "../../../protocol/mod.ts";
import { api } from "../../kit/api.ts";
import { number } from "../../kit/format.ts";
import { t } from "../../kit/i18n/i18n.ts";
import { visible } from "../../kit/safe_text.ts";
import { Button } from "../../ui/button.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { Icon } from "../../ui/icon.tsx";
import { Problem } from "../../ui/problem.tsx";
import { useResource } from "../../ui/resource.tsx";

/** All of the audit is read for it. */
const TIMEOUT_MS = 300_000;

export function VerifyDialog({ onClose }: { readonly onClose: () => void }): JSX.Element {
  const verified = useResource(
    (signal) => api.get<AuditVerification>("/api/v1/audit/verify", { signal, timeoutMs: TIMEOUT_MS }),
    [],
  );
  const { data, problem, isLoading } = verified;
  return (
    <Dialog
      title={t("audit.verify_title")}
      onClose={onClose}
      actions={<Button onClick={onClose}>{t("common.close")}</Button>}
    >
      {problem.value !== undefined && (
        <Problem problem={problem.value} isBusy={isLoading.value} onRetry={verified.reload} />
      )}
      {isLoading.value && (
        <p class="row" role="status">
          <span class="spinner" />
          {t("audit.verifying")}
        </p>
      )}
      {data.value !== undefined && !isLoading.value && <Result result={data.value} />}
    </Dialog>
  );
}

function Result({ result: { ok, entries, firstBadSeq, reason } }: { readonly result: AuditVerification }): JSX.Element {
  if (ok) {
    return (
      <p class="row good" role="status">
        <Icon name="check" size={20} />
        {t("audit.verify_ok", { n: number(entries) })}
      </p>
    );
  }
  const seq = firstBadSeq === undefined ? t("audit.verify_unknown") : String(firstBadSeq);
  return (
    <div class="stack" role="alert">
      <p class="row top bad">
        <Icon name="warning" size={20} />
        <span class="break">{t("audit.verify_bad", { seq, reason: visible(reason ?? "", 500) })}</span>
      </p>
      <p>{t("audit.verify_bad_what")}</p>
    </div>
  );
}
