import { computed, effect, type ReadonlySignal } from "@preact/signals";
import type { FleetEvent, HostView, LiveMessage, LiveRequest, Task, Ticket } from "../../protocol/mod.ts";
import { api } from "./api.ts";
import { HostStore } from "./host_store.ts";
import { type Connection, LiveLink } from "./live_link.ts";
import { loadMe, me } from "./session.ts";
import { Listeners } from "./listeners.ts";
import { isPageVisible } from "./visible.ts";

/** A hidden tab is left alone after this; it is told all anew when it is looked at again. */
const HIDDEN_MS = 60_000;
const EVERYTHING: LiveRequest = { type: "subscribe", hosts: "all", events: true, tasks: true };
const NOTHING: LiveRequest = { type: "subscribe" };

const store = new HostStore();
const events = new Listeners<FleetEvent>();
const tasks = new Listeners<Task>();
const samples = new Listeners<readonly HostView[]>();
const link = new LiveLink({ open: openSocket, onMessage: take, onUnauthorized: () => void askWho() });

/** All hosts that the caller may see, by id; another map whenever something has changed. */
export const hosts: ReadonlySignal<ReadonlyMap<string, HostView>> = store.hosts;
/** Whether `hosts` is complete yet. */
export const hostsAreLoaded: ReadonlySignal<boolean> = store.isComplete;
export const connection: ReadonlySignal<Connection> = link.connection;
/** By name, as addresses have them. */
export const hostsByName: ReadonlySignal<ReadonlyMap<string, HostView>> = computed(() =>
  new Map(Array.from(store.hosts.value.values(), (host) => [host.name, host]))
);

/** One host by id; changes only when that host does. */
export const watchHost = (id: string): ReadonlySignal<HostView | undefined> => store.watch(id);
/** After a change by the API, so that the page need not wait for the live connection to say the same. */
export const putHost = (host: HostView): void => store.put(host);
export const forgetHost = (id: string): void => store.forget(id);
/** Each gives a function that ends it. */
export const onEvent = (listener: (event: FleetEvent) => void): () => void => events.add(listener);
export const onTask = (listener: (task: Task) => void): () => void => tasks.add(listener);
/** The hosts of each change: for what keeps a history of its own. */
export const onHostsChanged = (listener: (changed: readonly HostView[]) => void): () => void => samples.add(listener);

export const retryNow = (): void => link.retryNow();

/** Runs while somebody is logged in and the page was seen within the last minute. */
export function startLive(): void {
  store.onApplied = (changed) => samples.tell(changed);
  addEventListener("online", () => link.retryNow());
  const isLoggedIn = computed(() => me.value !== null);
  effect(() => {
    if (isLoggedIn.value) return link.start();
    link.stop();
    store.clear();
  });
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isTold = true;
  link.subscribe(EVERYTHING);
  effect(() => {
    clearTimeout(timer);
    if (isPageVisible.value) {
      if (!isTold) link.subscribe(EVERYTHING);
      isTold = true;
    } else {
      timer = setTimeout(() => {
        isTold = false;
        link.subscribe(NOTHING);
      }, HIDDEN_MS);
    }
  });
}

function take(message: LiveMessage): void {
  // All is told anew when the rights have changed, maybe while the connection was lost.
  if (message.type === "hosts" && message.part === 1 && store.isComplete.peek()) void askWho();
  if (message.type === "hosts" || message.type === "changes") store.take(message);
  else if (message.type === "event") events.tell(message.event);
  else if (message.type === "task") tasks.tell(message.task);
}

async function openSocket(): Promise<WebSocket> {
  const { ticket } = await api.post<Ticket>("/api/v1/tickets");
  const address = new URL("/api/v1/live", location.href);
  address.protocol = location.protocol === "https:" ? "wss:" : "ws:";
  address.searchParams.set("ticket", ticket);
  return new WebSocket(address);
}

/** The rights have ended or changed; who we are now decides what is shown. */
async function askWho(): Promise<void> {
  try {
    if (await loadMe() !== null) link.start();
  } catch {
    // The manager is away: keep trying, the banner tells.
    link.start();
  }
}
