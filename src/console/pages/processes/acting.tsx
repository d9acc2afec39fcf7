import type { JSX } from "preact";
import { agentPath, api, ApiProblem, PROBLEM_CODES } from "../../kit/api.ts";
import { t, type TextKey } from "../../kit/i18n/i18n.ts";
import { hosts } from "../../kit/live.ts";
import { visible } from "../../kit/safe_text.ts";
import { whyNot } from "../../kit/session.ts";
import { ActionDialog, type ActionTarget } from "../../ui/action_dialog.tsx";
import { StateBadge } from "../../ui/badge.tsx";
import { Button } from "../../ui/button.tsx";
import type { IconName } from "../../ui/icon.tsx";
import { BULK_ACTIONS, type BulkAction, BulkRun, type Obstacle, obstacleOf, WAIT_MS } from "./model/bulk.ts";
import type { ProcessRow } from "./model/process_row.ts";

/** Something that is to be done to processes, once its preview is confirmed. */
export interface Acting {
  readonly action: BulkAction;
  readonly rows: readonly ProcessRow[];
}

export const ACTION_ICONS: Readonly<Record<BulkAction, IconName>> = { start: "play", stop: "stop", restart: "reload" };

/** For the way there and back, after the host's own time is over. */
const GRACE_MS = 10_000;

const OBSTACLES: Readonly<Record<Obstacle, TextKey>> = {
  host_offline: "processes.host_offline",
  runs_already: "processes.runs_already",
  is_down_already: "processes.is_down_already",
};

/** Shows what would be done, does it, and says of each process what has come of it. */
export function ActingDialog({ acting: { action, rows }, onClose, onDone }: {
  readonly acting: Acting;
  readonly onClose: () => void;
  readonly onDone?: (() => void) | undefined;
}): JSX.Element {
  const byKey = new Map(rows.map((row) => [row.key, row]));
  const run = new BulkRun(action, {
    ask: (hostId, request) =>
      api.post<unknown>(agentPath(hostId, "/v1/processes/actions"), request, {
        timeoutMs: WAIT_MS + GRACE_MS,
      }),
    isNotFound: (error) => error instanceof ApiProblem && error.code === PROBLEM_CODES.notFound,
    words: { untold: t("processes.untold"), stopped: t("processes.not_asked") },
  });
  return (
    <ActionDialog
      title={t(`processes.${action}_title`, { n: rows.length })}
      verb={t(`processes.${action}`)}
      isDanger={action !== "start"}
      targets={rows.map((row) => targetOf(action, row))}
      concurrency={rows.length}
      run={async ({ id }, signal) => {
        const row = byKey.get(id);
        if (row === undefined) return;
        const { ok, message } = await run.run(row, signal);
        if (!ok) throw new ApiProblem(message, { code: 0, status: 0 });
        return message;
      }}
      onClose={onClose}
      onDone={onDone}
    >
      <p>{t(`processes.${action}_what`)}</p>
    </ActionDialog>
  );
}

/** One process says at once why; of several the preview tells which are left out. */
function refusalOf(action: BulkAction, rows: readonly ProcessRow[]): string | null {
  const [row] = rows;
  if (row === undefined) return t("processes.select_first");
  const obstacle = rows.length > 1 ? null : obstacleNow(action, row);
  return obstacle === null ? null : t(OBSTACLES[obstacle]);
}

/** By the state of the host as it is live. */
function obstacleNow(action: BulkAction, row: ProcessRow): Obstacle | null {
  return obstacleOf(action, { state: row.state, hostState: hosts.peek().get(row.hostId)?.state ?? row.hostState });
}

function targetOf(action: BulkAction, row: ProcessRow): ActionTarget {
  const obstacle = obstacleNow(action, row);
  return {
    id: row.key,
    name: `${visible(row.name, 60)} · ${visible(row.host, 60)}`,
    detail: <StateBadge state={row.state} />,
    whyNot: whyNot("host.operate") ?? (obstacle === null ? null : t(OBSTACLES[obstacle])),
  };
}

/** What can be done to all that is selected. */
export function ActionButtons({ rows, onAct, isSmall }: {
  readonly rows: readonly ProcessRow[];
  readonly onAct: (acting: Acting) => void;
  readonly isSmall?: boolean | undefined;
}): JSX.Element {
  const refusal = whyNot("host.operate");
  return (
    <>
      {BULK_ACTIONS.map((action) => (
        <Button
          key={action}
          icon={ACTION_ICONS[action]}
          isSmall={isSmall}
          whyNot={refusal ?? refusalOf(action, rows)}
          onClick={() => onAct({ action, rows })}
        >
          {t(`processes.${action}`)}
        </Button>
      ))}
    </>
  );
}
