import { AppError, systemClock } from "../../src/core/mod.ts";
import type { Component } from "../../src/lifecycle/mod.ts";
import { createLogger } from "../../src/log/mod.ts";
import { Events } from "../../src/manager/events/mod.ts";
import { Hub } from "../../src/manager/hub/mod.ts";
import { Samples } from "../../src/manager/samples/mod.ts";
import { Settings } from "../../src/manager/settings/mod.ts";
import type { Store } from "../../src/manager/store/contract.ts";
import { Tasks } from "../../src/manager/tasks/mod.ts";
import { FakeHosts, portsOf } from "../helpers/fake_task_hosts.ts";
import { memoryStore } from "../helpers/memory_store.ts";
import { componentContract, type MakeSubject } from "./component_suite.ts";

const log = createLogger({ level: "error", sinks: [], clock: systemClock });
const clock = systemClock;

/** A store that cannot be read. */
function brokenStore(): Store {
  const fail = () => Promise.reject(new AppError("unavailable", "The database cannot be read"));
  const store = memoryStore();
  return {
    ...store,
    hosts: { ...store.hosts, all: fail },
    tasks: { ...store.tasks, open: fail },
    settings: { ...store.settings, all: fail },
  };
}

const subject = (make: (store: Store) => Component): MakeSubject => () =>
  Promise.resolve({ component: make(memoryStore()) });
const failing = (make: (store: Store) => Component): MakeSubject => () =>
  Promise.resolve({ component: make(brokenStore()) });

function hub(store: Store): Component {
  const events = new Events({ ports: { store: store.events, hostName: () => null }, clock, log });
  const tasks = { result: () => Promise.resolve(), hostArrived() {}, hostRemoved() {} };
  const settings = new Settings({ store: store.settings, clock, log });
  const ports = { ...store, samples: new Samples({ clock }), settings, events, tasks };
  return new Hub({ managerId: () => "m", ports, clock, log }).component(["store", "settings"]);
}

const tasks = (store: Store) =>
  new Tasks({ ports: portsOf(store.tasks, new FakeHosts()), clock, log }).component(["hub"]);
const events = (store: Store) =>
  new Events({ ports: { store: store.events, hostName: () => null }, clock, log }).component(["store"]);
const settings = (store: Store) => new Settings({ store: store.settings, clock, log }).component(["store"]);

componentContract("hub", subject(hub), { failing: failing(hub) });
componentContract("tasks of the manager", subject(tasks), { failing: failing(tasks) });
componentContract("settings", subject(settings), { failing: failing(settings) });
componentContract("events", subject(events));
