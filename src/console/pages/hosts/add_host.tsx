import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useMemo } from "preact/hooks";
import type { MadeJoinToken } from "../../../protocol/mod.ts";
import { dateTime } from "../../kit/format.ts";
import { t } from "../../kit/i18n/i18n.ts";
import { hosts, hostsAreLoaded } from "../../kit/live.ts";
import { hostHref, Link } from "../../kit/router.tsx";
import { visible } from "../../kit/safe_text.ts";
import { StateBadge } from "../../ui/badge.tsx";
import { Button } from "../../ui/button.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { Icon } from "../../ui/icon.tsx";
import { Note, Problem } from "../../ui/problem.tsx";
import { Loading } from "../../ui/resource.tsx";
import { JoinCommands } from "../join/join_commands.tsx";
import { isGoodWish, makeToken, TokenFields, type TokenWish } from "../join/token_form.tsx";

const FIRST: TokenWish = { name: "Add host", expiresIn: "1h", maxUses: "10", labels: "" };
const MAX_ARRIVED = 20;

/** One command for each system that just works, and who has come by it. */
export function AddHost({ onClose }: { readonly onClose: () => void }): JSX.Element {
  const wish = useSignal(FIRST);
  const made = useSignal<MadeJoinToken | null>(null);
  const problem = useSignal<unknown>(undefined);
  const isBusy = useSignal(false);
  const make = async () => {
    if (isBusy.peek() || !isGoodWish(wish.peek())) return;
    isBusy.value = true;
    problem.value = undefined;
    try {
      // Two tokens of one name are refused, and this panel is opened more than once.
      made.value = await makeToken({ ...wish.peek(), name: `${FIRST.name} ${dateTime(Date.now())}` });
    } catch (error) {
      problem.value = error;
    }
    isBusy.value = false;
  };
  useEffect(() => {
    make();
  }, []);
  return (
    <Dialog title={t("join.panel_title")} kind="side" onClose={onClose}>
      {problem.value !== undefined && <Problem problem={problem.value} onRetry={make} isBusy={isBusy.value} />}
      {made.value === null ? problem.value === undefined && <Loading /> : (
        <>
          <JoinCommands made={made.value} />
          <Note>
            {t("join.panel_note", { n: made.value.token.maxUses, time: dateTime(made.value.token.expiresMs) })}
          </Note>
          <Arrivals />
          <details>
            <summary>{t("join.options")}</summary>
            <div class="stack hosts-options">
              <TokenFields wish={wish} />
              <div>
                <Button icon="reload" isBusy={isBusy.value} isDisabled={!isGoodWish(wish.value)} onClick={make}>
                  {t("join.another")}
                </Button>
              </div>
            </div>
          </details>
        </>
      )}
    </Dialog>
  );
}

/** Those that were not there when the panel was opened; told live. */
function Arrivals(): JSX.Element {
  const isKnown = hostsAreLoaded.value;
  const before = useMemo(() => isKnown ? new Set(hosts.peek().keys()) : null, [isKnown]);
  const arrived = before === null
    ? []
    : [...hosts.value.values()].filter(({ id }) => !before.has(id)).slice(0, MAX_ARRIVED);
  return (
    <section role="status" class="stack">
      <ul class="hosts-arrived">
        {arrived.map(({ id, name, state }) => (
          <li key={id}>
            <span class="good">
              <Icon name="check" />
            </span>
            <Link href={hostHref(name)} class="cut grow">{t("join.arrived", { name: visible(name, 80) })}</Link>
            <StateBadge state={state} />
          </li>
        ))}
      </ul>
      <span class="hosts-waiting">
        <span class="spinner" />
        {t(arrived.length === 0 ? "join.waiting" : "join.waiting_more")}
      </span>
    </section>
  );
}
