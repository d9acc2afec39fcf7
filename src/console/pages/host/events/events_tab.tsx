import type { JSX } from "preact";
import { FLEET_EVENT_LEVELS, type HostView } from "../../../../protocol/mod.ts";
import { t } from "../../../kit/i18n/i18n.ts";
import { queryParam } from "../../../kit/router.tsx";
import { Button } from "../../../ui/button.tsx";
import { Toolbar } from "../../../ui/page.tsx";
import { Shown, useEvents } from "../../events/page.tsx";
import { chosenOf, Toggles } from "../../shared/toggles.tsx";

const level = queryParam("level");

/** What has happened on a host, and to it; live. */
export function EventsTab({ host }: { readonly host: HostView }): JSX.Element {
  const levels = chosenOf(level.value, FLEET_EVENT_LEVELS);
  const events = useEvents({ kinds: [], levels, hostId: host.id });
  const isPaused = events.isPaused.value;
  return (
    <>
      <Toolbar label={t("common.filter")}>
        <Toggles
          label={t("events.level")}
          chosen={levels}
          options={FLEET_EVENT_LEVELS.map((value) => ({ value, label: t(`events.level_${value}`) }))}
          onChange={(chosen) => level.value = chosen.join(",")}
        />
        <Button
          icon={isPaused ? "play" : "pause"}
          isPressed={isPaused}
          onClick={() => events.isPaused.value = !events.isPaused.peek()}
        >
          {t(isPaused ? "events.resume" : "events.pause")}
        </Button>
      </Toolbar>
      <Shown events={events} isFiltered={levels.length > 0} hidesHost />
    </>
  );
}
