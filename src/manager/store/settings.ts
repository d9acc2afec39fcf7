import type { SettingsRule } from "../../protocol/mod.ts";
import type { Access } from "./access.ts";
import type { SettingsStore } from "./contract.ts";
import type { Sql } from "./sql.ts";
import { json, number, Table, text } from "./table.ts";

export const SETTINGS_RULES = new Table<SettingsRule>("settings_rules", {
  id: text(),
  select: text(),
  values: json(),
  updatedMs: number,
  updatedBy: text(),
});

const IN_ITS_PLACE = `ON CONFLICT ("select") DO UPDATE SET
  id = excluded.id, "values" = excluded."values", updated_ms = excluded.updated_ms, updated_by = excluded.updated_by`;

export function settingsStore({ read, write }: Access): SettingsStore {
  return {
    all: () =>
      read((sql) => ({
        version: Number(sql.first("SELECT version FROM settings_version")?.["version"]),
        rules: SETTINGS_RULES.list(sql, "ORDER BY n"),
      })),
    put: (rule) =>
      write((sql) => {
        SETTINGS_RULES.insert(sql, rule, IN_ITS_PLACE);
        return nextVersion(sql);
      }),
    remove: (id) =>
      write((sql) => sql.run("DELETE FROM settings_rules WHERE id = ?", id) > 0 ? nextVersion(sql) : null),
  };
}

function nextVersion(sql: Sql): number {
  return Number(sql.first("UPDATE settings_version SET version = version + 1 RETURNING version")?.["version"]);
}
