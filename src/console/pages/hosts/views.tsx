import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { t } from "../../kit/i18n/i18n.ts";
import { navigate, route } from "../../kit/router.tsx";
import { visible } from "../../kit/safe_text.ts";
import { Button } from "../../ui/button.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { Field } from "../../ui/field.tsx";
import { Menu, type MenuEntries } from "../../ui/menu.tsx";
import { toast } from "../../ui/toast.tsx";
import { removeView, savedViews, saveView } from "./saved_views.ts";

const KEPT = ["q", "select", "state", "group", "sort"];
const MAX_NAME_LENGTH = 60;

/** The filters that somebody has given a name. */
export function Views(): JSX.Element {
  const isNaming = useSignal(false);
  const current = currentQuery(route.value.query);
  const views = savedViews().value;
  const active = views.find((view) => view.query === current && current !== "");
  const items: MenuEntries = [
    ...views.map((view) => ({
      label: visible(view.name, MAX_NAME_LENGTH),
      isChecked: view === active,
      onPick: () => navigate(`/hosts?${view.query}`),
    })),
    ...views.length > 0 ? [null] : [],
    { label: t("hosts.save_view"), icon: "star", onPick: () => isNaming.value = true },
    ...active === undefined ? [] : [{
      label: t("hosts.remove_view", { name: visible(active.name, MAX_NAME_LENGTH) }),
      icon: "trash" as const,
      isDanger: true,
      onPick: () => removeView(active.name),
    }],
    ...current === "" ? [] : [{ label: t("hosts.reset"), icon: "close" as const, onPick: () => navigate("/hosts") }],
  ];
  return (
    <>
      <Menu icon="star" items={items} name={t("hosts.views")}>
        {active === undefined ? t("hosts.views") : visible(active.name, 24)}
      </Menu>
      {isNaming.value && <NameDialog query={current} onClose={() => isNaming.value = false} />}
    </>
  );
}

function NameDialog({ query, onClose }: { readonly query: string; readonly onClose: () => void }): JSX.Element {
  const name = useSignal("");
  const save = () => {
    const text = name.peek().trim();
    if (text === "") return;
    saveView({ name: text, query });
    toast(t("hosts.view_saved", { name: text }));
    onClose();
  };
  return (
    <Dialog
      title={t("hosts.save_view")}
      onClose={onClose}
      onSubmit={save}
      actions={
        <>
          <Button onClick={onClose}>{t("common.cancel")}</Button>
          <Button type="submit" kind="primary" isDisabled={name.value.trim() === ""}>{t("common.save")}</Button>
        </>
      }
    >
      <Field
        label={t("hosts.view_name")}
        hint={t("hosts.view_note")}
        value={name.value}
        maxLength={MAX_NAME_LENGTH}
        hasFocus
        onInput={(value) => name.value = value}
      />
    </Dialog>
  );
}

function currentQuery(query: URLSearchParams): string {
  const kept = KEPT.flatMap((name): [string, string][] => {
    const value = query.get(name);
    return value === null || value === "" ? [] : [[name, value]];
  });
  return new URLSearchParams(kept).toString();
}
