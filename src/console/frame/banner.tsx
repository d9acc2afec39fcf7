import { useComputed } from "@preact/signals";
import type { JSX } from "preact";
import { now } from "../kit/clock.ts";
import { t } from "../kit/i18n/i18n.ts";
import { connection, retryNow } from "../kit/live.ts";
import { Button } from "../ui/button.tsx";
import { Icon } from "../ui/icon.tsx";

/** A manager that restarts is back within this; a banner for each blink would only disturb. */
const PATIENCE_MS = 1_500;

/** Says that what is shown is no longer live, and when it is tried again. */
export function Banner(): JSX.Element | null {
  const text = useComputed(() => {
    const { state, sinceMs, retryMs } = connection.value;
    if (state !== "lost" || now.value - sinceMs < PATIENCE_MS) return null;
    const seconds = Math.ceil(((retryMs ?? 0) - now.value) / 1_000);
    return seconds > 0 ? t("live.lost_retry", { n: seconds }) : t("live.lost_trying");
  });
  if (text.value === null) return null;
  return (
    <div class="banner" role="status" aria-live="off">
      <Icon name="warning" />
      <span class="strong">{text.value}</span>
      <span class="banner-more">{t("live.stale")}</span>
      <Button isSmall onClick={retryNow}>{t("live.retry_now")}</Button>
    </div>
  );
}
