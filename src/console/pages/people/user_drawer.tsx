import type { JSX } from "preact";
import type { User } from "../../../protocol/mod.ts";
import { t } from "../../kit/i18n/i18n.ts";
import { Link } from "../../kit/router.tsx";
import { visible } from "../../kit/safe_text.ts";
import { can, me, whyNot } from "../../kit/session.ts";
import { Badge } from "../../ui/badge.tsx";
import { Button } from "../../ui/button.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { At } from "../../ui/time.tsx";
import { Scope } from "./scope.tsx";
import type { UserAction } from "./user_action.ts";

/** One user: who it is, and what can be done. */
export function UserDrawer({ user, onClose, onAction }: {
  readonly user: User;
  readonly onClose: () => void;
  readonly onAction: (what: UserAction) => void;
}): JSX.Element {
  const { name, role, scope, disabled, createdMs, lastLoginMs } = user;
  const no = whyNot("user.manage");
  const isSelf = user.id === me.value?.user?.id;
  return (
    <Dialog title={visible(name, 64)} kind="side" onClose={onClose}>
      <dl class="facts">
        <dt>{t("people.role")}</dt>
        <dd class="row">
          <Badge tone={role === "admin" ? "warn" : "dim"}>{t(`shared.role_${role}`)}</Badge>
          {isSelf && <Badge tone="info">{t("people.yourself")}</Badge>}
        </dd>
        <dt>{t("people.scope")}</dt>
        <dd class="break">
          <Scope scope={scope} />
        </dd>
        <dt>{t("common.state")}</dt>
        <dd>
          <Badge tone={disabled ? "bad" : "good"}>{t(disabled ? "people.disabled" : "people.active")}</Badge>
        </dd>
        <dt>{t("people.last_login")}</dt>
        <dd>
          <At ms={lastLoginMs} />
        </dd>
        <dt>{t("common.created")}</dt>
        <dd>
          <At ms={createdMs} />
        </dd>
      </dl>
      {can("audit.view") && (
        <div>
          <Link href={`/audit?actor=${encodeURIComponent(name)}`}>{t("people.in_audit")}</Link>
        </div>
      )}
      <div class="row wrap">
        <Button icon="edit" whyNot={no} onClick={() => onAction("edit")}>{t("people.edit_user")}</Button>
        <Button
          icon="lock"
          whyNot={no ?? (isSelf ? t("people.reset_own") : null)}
          onClick={() => onAction("reset")}
        >
          {t("people.reset")}
        </Button>
        {disabled
          ? <Button icon="check" whyNot={no} onClick={() => onAction("enable")}>{t("people.enable")}</Button>
          : (
            <Button kind="danger" icon="stop" whyNot={no} onClick={() => onAction("disable")}>
              {t("people.disable")}
            </Button>
          )}
        <Button kind="danger" icon="trash" whyNot={no} onClick={() => onAction("remove")}>{t("people.remove")}</Button>
      </div>
    </Dialog>
  );
}
