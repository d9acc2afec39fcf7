import type { AuditStore, EventStore, FactStore, SettingsStore } from "../../../src/manager/store/contract.ts";
import type { FleetEvent, NewFleetEvent } from "../../../src/protocol/mod.ts";
import { answer, conflict, find, type Tables } from "./tables.ts";

const latest = <T>(rows: readonly T[], limit: number): T[] => rows.slice(Math.max(0, rows.length - limit));

export function memoryEvents(tables: Tables): EventStore {
  const addOne = (event: NewFleetEvent): FleetEvent[] => {
    const { hostId, hostSeq } = event;
    const host = hostId === undefined ? undefined : tables.hosts.get(hostId);
    if (hostId !== undefined && hostSeq !== undefined) {
      if (host === undefined || hostSeq <= host.eventSeq) return [];
      tables.hosts.set(hostId, { ...host, eventSeq: hostSeq });
    }
    const added = { ...structuredClone(event), seq: ++tables.lastEventSeq, ...host && { host: host.name } };
    tables.events.push(added);
    return [added];
  };
  return {
    add: (events) => answer(() => events.flatMap(addOne)),
    list: ({ after, before = Infinity, limit, hostIds, kinds, levels, sinceMs = -Infinity }) =>
      answer(() => {
        const fitting = tables.events.filter(({ seq, hostId, kind, level, timeMs }) =>
          seq > (after ?? 0) && seq < before && timeMs >= sinceMs && (kinds?.includes(kind) ?? true) &&
          (levels?.includes(level) ?? true) &&
          (hostIds === undefined || (hostId !== undefined && hostIds.includes(hostId)))
        );
        return after === undefined ? latest(fitting, limit) : fitting.slice(0, limit);
      }),
    trim: ({ maxCount, beforeMs }) =>
      answer(() => {
        const before = tables.events.length;
        tables.events = latest(tables.events.filter(({ timeMs }) => timeMs >= beforeMs), maxCount);
        return before - tables.events.length;
      }),
  };
}

export function memorySettings(tables: Tables): SettingsStore {
  const { rules } = tables;
  return {
    all: () => answer(() => ({ version: tables.settingsVersion, rules: [...rules.values()] })),
    put: (rule) =>
      answer(() => {
        if (find(rules, ({ id, select }) => id === rule.id && select !== rule.select) !== null) throw conflict("id");
        rules.set(rule.select, structuredClone(rule));
        return ++tables.settingsVersion;
      }),
    remove: (wanted) =>
      answer(() => {
        const rule = find(rules, ({ id }) => id === wanted);
        return rule !== null && rules.delete(rule.select) ? ++tables.settingsVersion : null;
      }),
  };
}

export function memoryAudit({ audit }: Tables): AuditStore {
  return {
    last: () => answer(() => audit.at(-1) ?? null),
    append: (entries) =>
      answer(() => {
        const next = (audit.at(-1)?.seq ?? 0) + 1;
        if (entries.some(({ seq }, at) => seq !== next + at)) throw conflict("seq");
        audit.push(...structuredClone(entries));
      }),
    list: ({ before = Infinity, limit, actor, action, hostId, sinceMs = -Infinity }) =>
      answer(() =>
        audit.filter((entry) =>
          entry.seq < before && entry.timeMs >= sinceMs && entry.actor === (actor ?? entry.actor) &&
          entry.action === (action ?? entry.action) && entry.hostId === (hostId ?? entry.hostId)
        ).toReversed().slice(0, limit)
      ),
    walk: (afterSeq, limit) => answer(() => audit.filter(({ seq }) => seq > afterSeq).slice(0, limit)),
  };
}

export function memoryFacts({ facts }: Tables): FactStore {
  return {
    get: (name) => answer(() => facts.get(name) ?? null),
    set: (name, value) => answer(() => void facts.set(name, value)),
    setOnce: (name, value) =>
      answer(() => {
        if (!facts.has(name)) facts.set(name, value);
        return facts.get(name) ?? value;
      }),
    remove: (name) => answer(() => void facts.delete(name)),
  };
}
