import type { JSX } from "preact";
import { t } from "../../kit/i18n/i18n.ts";
import { Button } from "../../ui/button.tsx";
import { Problem } from "../../ui/problem.tsx";
import type { PagedList } from "./paged_list.ts";

/** Below a list that is loaded a page at a time: the button for the next page, or what went wrong with it. */
export function More<T>({ list, label }: { readonly list: PagedList<T>; readonly label: string }): JSX.Element | null {
  if (list.items.value === undefined) return null;
  const isLoading = list.isLoading.value;
  if (list.problem.value !== undefined) {
    return (
      <Problem problem={list.problem.value} isBusy={isLoading} onRetry={list.hasMore.value ? list.more : list.reload} />
    );
  }
  if (!list.hasMore.value) return null;
  return (
    <div class="shared-more">
      <Button isSmall icon="down" isBusy={isLoading} onClick={list.more}>{label}</Button>
      <span class="muted small">{t("common.rows", { n: list.items.value.length })}</span>
    </div>
  );
}
