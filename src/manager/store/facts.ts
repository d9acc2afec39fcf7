import type { Access } from "./access.ts";
import type { FactStore } from "./contract.ts";
import type { Sql } from "./sql.ts";
import { text } from "./table.ts";

export function factStore({ read, write }: Access): FactStore {
  const insert = "INSERT INTO facts (name, value) VALUES (?, ?) ON CONFLICT (name)";
  return {
    get: (name) => read((sql) => valueOf(sql, name)),
    set: (name, value) => write((sql) => void sql.run(`${insert} DO UPDATE SET value = excluded.value`, name, value)),
    setOnce: (name, value) =>
      write((sql) => {
        sql.run(`${insert} DO NOTHING`, name, value);
        return valueOf(sql, name) ?? value;
      }),
    remove: (name) => write((sql) => void sql.run("DELETE FROM facts WHERE name = ?", name)),
  };
}

function valueOf(sql: Sql, name: string): string | null {
  const row = sql.first("SELECT value FROM facts WHERE name = ?", name);
  return row === undefined ? null : text().read(row["value"] ?? "");
}
