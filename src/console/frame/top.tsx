import type { Signal } from "@preact/signals";
import type { JSX } from "preact";
import { language, LANGUAGE_NAMES, LANGUAGES, setLanguage, t } from "../kit/i18n/i18n.ts";
import { connection } from "../kit/live.ts";
import { Link } from "../kit/router.tsx";
import { visible } from "../kit/safe_text.ts";
import { logOut, me } from "../kit/session.ts";
import { setTheme, theme, THEMES } from "../kit/theme.ts";
import { Button } from "../ui/button.tsx";
import { Icon } from "../ui/icon.tsx";
import { Menu, type MenuEntries } from "../ui/menu.tsx";
import { toastProblem } from "../ui/toast.tsx";
import { Logo } from "./logo.tsx";

export interface TopProps {
  readonly isNavOpen: Signal<boolean>;
  readonly onPalette: () => void;
  readonly onHelp: () => void;
}

export function Top({ isNavOpen, onPalette, onHelp }: TopProps): JSX.Element {
  return (
    <header class="top">
      <Button
        kind="ghost"
        class="nav-toggle"
        icon={isNavOpen.value ? "close" : "menu"}
        label={t("nav.menu")}
        controls={{ id: "nav-drawer", isOpen: isNavOpen.value }}
        onClick={() => isNavOpen.value = !isNavOpen.value}
      />
      <Link href="/hosts" class="brand" label="Farhand">
        <Logo />
        <span>Farhand</span>
      </Link>
      <button type="button" class="palette-open" onClick={onPalette}>
        <Icon name="search" />
        <span class="cut">{t("nav.palette")}</span>
        <kbd>Ctrl K</kbd>
      </button>
      <Pulse />
      <Button kind="ghost" class="help-open" icon="help" label={t("keys.help")} onClick={onHelp} />
      <Account />
    </header>
  );
}

/** Whether what is shown is live. */
function Pulse(): JSX.Element {
  const { state } = connection.value;
  const tone = state === "live" ? "good" : state === "lost" ? "bad" : "info";
  return (
    <span class={`state ${tone} pulse`} title={t(`live.${state}`)}>
      <span class="dot" />
      <span class="pulse-word">{t(`live.${state}`)}</span>
    </span>
  );
}

function Account(): JSX.Element {
  const { user, role = "viewer" } = me.value ?? {};
  const name = visible(user?.name ?? me.value?.token ?? "", 40);
  const leave = () => logOut().catch(toastProblem);
  const items: MenuEntries = [
    { label: t("nav.profile"), icon: "profile", href: "/profile" },
    null,
    ...THEMES.map((each) => ({
      label: t(`nav.theme_${each}`),
      isChecked: theme.value === each,
      onPick: () => setTheme(each),
    })),
    null,
    ...LANGUAGES.map((each) => ({
      label: LANGUAGE_NAMES[each],
      isChecked: language.value === each,
      onPick: () => void setLanguage(each).catch(toastProblem),
    })),
    null,
    { label: t("nav.api"), icon: "external", onPick: () => void open("/docs", "_blank", "noopener") },
    { label: t("nav.log_out"), icon: "lock", onPick: leave },
  ];
  return (
    <Menu
      kind="ghost"
      icon="profile"
      items={items}
      label={t("nav.account", { name })}
      title={`${name} · ${t(`session.${role}`)}`}
    />
  );
}
