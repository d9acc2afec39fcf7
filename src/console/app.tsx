import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { Banner } from "./frame/banner.tsx";
import { Help } from "./frame/help.tsx";
import { NAVIGATION } from "./frame/navigation.ts";
import { PageView } from "./frame/page_view.tsx";
import { Palette } from "./frame/palette.tsx";
import { Side } from "./frame/side.tsx";
import { Top } from "./frame/top.tsx";
import { t } from "./kit/i18n/i18n.ts";
import { addShortcuts } from "./kit/keys.ts";
import { navigate, route } from "./kit/router.tsx";
import { can, me } from "./kit/session.ts";
import { Toasts } from "./ui/toast.tsx";

/** Pages for who is not logged in, which stand alone. */
const OUTSIDE = ["login", "setup"];

export function App(): JSX.Element {
  const { page, path } = route.value;
  const isOutside = OUTSIDE.includes(page);
  const isLoggedIn = me.value !== null;
  useEffect(() => {
    if (isLoggedIn || isOutside) return;
    const from = path === "/" || path === "/hosts" ? "" : `?to=${encodeURIComponent(path + location.search)}`;
    navigate(`/login${from}`, { replace: true });
  }, [isLoggedIn, isOutside]);
  useEffect(() => {
    if (path === "/" && isLoggedIn) navigate(`/hosts${location.search}`, { replace: true });
  }, [path, isLoggedIn]);
  return (
    <>
      {isOutside ? <PageView /> : isLoggedIn && <Frame />}
      <Toasts />
    </>
  );
}

function Frame(): JSX.Element {
  const isNavOpen = useSignal(false);
  const open = useSignal<"palette" | "help" | null>(null);
  const close = () => open.value = null;
  useEffect(() =>
    addShortcuts(
      { keys: "mod+k", title: () => t("keys.palette"), isAlways: true, run: () => open.value = "palette" },
      { keys: "/", title: () => t("keys.search"), run: focusSearch },
      { keys: "?", title: () => t("keys.show_help"), run: () => open.value = "help" },
      ...NAVIGATION.map(({ key, href, title, verb }) => ({
        keys: `g ${key}`,
        title: () => t("keys.go_to", { page: t(title) }),
        run: () => {
          if (can(verb)) navigate(href);
        },
      })),
    ), []);
  return (
    <div class="frame">
      <a class="skip" href="#content">{t("nav.skip")}</a>
      <Top isNavOpen={isNavOpen} onPalette={() => open.value = "palette"} onHelp={() => open.value = "help"} />
      <div class={isNavOpen.value ? "frame-side open" : "frame-side"} id="nav-drawer">
        <Side onFollow={() => isNavOpen.value = false} />
        <div class="frame-veil" onClick={() => isNavOpen.value = false} />
      </div>
      <div class="frame-main">
        <Banner />
        <main id="content" tabIndex={-1}>
          <PageView />
        </main>
      </div>
      {open.value === "palette" && <Palette onClose={close} />}
      {open.value === "help" && <Help onClose={close} />}
    </div>
  );
}

function focusSearch(): void {
  document.querySelector<HTMLInputElement>("[data-search]")?.focus();
}
