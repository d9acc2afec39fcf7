import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { HostView } from "../../../protocol/mod.ts";
import { t } from "../../kit/i18n/i18n.ts";
import { hostHref, navigate, queryParam, route } from "../../kit/router.tsx";
import { visible } from "../../kit/safe_text.ts";
import { me } from "../../kit/session.ts";
import { toastProblem } from "../../ui/toast.tsx";
import { FullHostPage } from "../shared/host_page.tsx";
import { HostPicker } from "./host_picker.tsx";
import { Panel } from "./panel.tsx";
import { StartPanel } from "./start_panel.tsx";
import { closeAllTabs, closeTab, findTab, MAX_TABS, openTab, restoreTabs, tabs, type TabWish } from "./tab_store.ts";
import { TabStrip } from "./tab_strip.tsx";
import type { TerminalTab } from "./terminal_tab.ts";

/** Terminals of hosts, several beside each other. The address says which one is shown. */
export default function TerminalPage(): JSX.Element {
  const { page, params } = route.value;
  // On the way to another page this one is still shown, and the address names no host any more.
  const name = useRef("");
  if (page === "terminal") name.current = params["name"] ?? "";
  const isPicking = useSignal(false);
  useEffect(() => {
    restoreTabs();
    return () => {
      // Whoever logs out leaves nothing behind that the next one could type into.
      if (me.peek() === null) closeAllTabs();
    };
  }, []);
  return (
    <FullHostPage
      name={name.current}
      tab="terminal"
      title={t("terminal.of_host", { host: visible(name.current, 80) })}
    >
      {(host) => (
        <>
          <Shown host={host} onAdd={() => isPicking.value = true} />
          {isPicking.value && (
            <HostPicker
              onClose={() => isPicking.value = false}
              onPick={(picked) => {
                isPicking.value = false;
                navigate(hostHref(picked.name, "terminal"));
              }}
            />
          )}
        </>
      )}
    </FullHostPage>
  );
}

function Shown({ host, onAdd }: { readonly host: HostView; readonly onAdd: () => void }): JSX.Element {
  const [id, key, mode] = [queryParam("id").value, queryParam("tab").value, queryParam("mode").value];
  const all = tabs.value;
  const active =
    all.find((tab) => tab.host.id === host.id && (id !== "" ? tab.terminalId.value === id : String(tab.key) === key)) ??
      null;
  const shownId = active?.terminalId.value ?? null;
  useEffect(() => {
    // Of a link: the terminal is open on the host, and not yet here.
    if (id === "" || findTab(host.id, id) !== undefined) return;
    const wish = { host: { id: host.id, name: host.name }, terminalId: id } as const;
    if (openTab({ ...wish, mode: mode === "view" ? "view" : "control" }) === null) tellTooMany();
  }, [id, host.id]);
  useEffect(() => {
    // A new one has got its id: from now on the address can be shared, and survives a reload.
    if (active !== null && shownId !== null && id === "") show(active, true);
  }, [active, shownId, id]);
  const open = (wish: TabWish) => {
    const known = wish.terminalId === undefined ? undefined : findTab(wish.host.id, wish.terminalId);
    const tab = known ?? openTab(wish);
    if (tab === null) return tellTooMany();
    show(tab);
  };
  const close = (tab: TerminalTab) => {
    const next = closeTab(tab);
    if (tab !== active) return;
    if (next !== null) show(next, true);
    else navigate(hostHref(host.name, "terminal"), { replace: true });
  };
  return (
    <div class="terminal-page">
      {all.length > 0 && <TabStrip tabs={all} active={active} onPick={show} onClose={close} onAdd={onAdd} />}
      {active === null ? <StartPanel host={host} onOpen={open} /> : (
        <Panel
          key={active.key}
          tab={active}
          onClose={() => close(active)}
          onAgain={() => {
            close(active);
            open({ host: active.host });
          }}
        />
      )}
    </div>
  );
}

function show(tab: TerminalTab, replace = false): void {
  const id = tab.terminalId.peek();
  const query = new URLSearchParams(id === null ? { tab: String(tab.key) } : { id });
  if (id !== null && tab.mode === "view") query.set("mode", "view");
  navigate(`${hostHref(tab.host.name, "terminal")}?${query}`, { replace });
}

function tellTooMany(): void {
  toastProblem(t("terminal.too_many_tabs", { n: MAX_TABS }));
}
