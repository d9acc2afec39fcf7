import assert from "node:assert/strict";
import { inTempDir } from "../../tests/helpers/temp_dir.ts";
import { moveAside } from "./move_aside.ts";

const NOW = Date.UTC(2026, 2, 1, 14, 5, 9, 120);

Deno.test("a database is moved with its log, and the last three are kept", () =>
  inTempDir((dir) => {
    const path = `${dir}/agent.db`;
    for (let i = 0; i < 5; i++) {
      for (const companion of ["", "-wal", "-shm"]) Deno.writeTextFileSync(path + companion, String(i));
      moveAside(path, NOW + i);
    }
    Deno.writeTextFileSync(path, "new");
    const names = [...Deno.readDirSync(dir)].map(({ name }) => name).sort();
    const kept = [2, 3, 4].flatMap((i) => {
      const name = `agent.db.corrupt-20260301T14050912${i}Z`;
      return [name, `${name}-shm`, `${name}-wal`];
    });
    assert.deepEqual(names, ["agent.db", ...kept]);
    assert.equal(Deno.readTextFileSync(`${dir}/${kept[0]}`), "2");
  }));

Deno.test("two at the same time have names of their own", () =>
  inTempDir((dir) => {
    const path = `${dir}/agent.db`;
    const moved = [1, 2].map(() => {
      Deno.writeTextFileSync(path, "x");
      return moveAside(path, NOW);
    });
    assert.deepEqual(moved.map((name) => name.slice(dir.length + 1)), [
      "agent.db.corrupt-20260301T140509120Z",
      "agent.db.corrupt-20260301T140509120Z-2",
    ]);
  }));
