import assert from "node:assert/strict";
import { join } from "node:path";
import { inPlainTempDir } from "../../tests/helpers/temp_dir.ts";
import { giveSocketTo } from "./socket_owner.ts";

const NOBODY = 65_534;
const ignore = Deno.build.os === "windows" || Deno.uid() !== 0;

Deno.test({ name: "a socket can be given to another user", ignore }, () =>
  inPlainTempDir((dir) => {
    const path = join(dir, "s");
    using _listener = Deno.listen({ transport: "unix", path });
    giveSocketTo(path, NOBODY);
    const { uid, gid, isSocket } = Deno.lstatSync(path);
    assert.deepEqual([uid, gid, isSocket], [NOBODY, Deno.gid(), true]);
  }));

Deno.test(
  { name: "nothing else is given away, by whatever link it stands in the socket's place", ignore },
  () =>
    inPlainTempDir((dir) => {
      const [file, other, path] = [join(dir, "shadow"), join(dir, "other"), join(dir, "s")];
      Deno.writeTextFileSync(file, "");
      using _listener = Deno.listen({ transport: "unix", path: other });
      for (
        const replace of [
          () => Deno.symlinkSync(file, path),
          () => Deno.symlinkSync(other, path),
          () => Deno.linkSync(file, path),
          () => Deno.linkSync(other, path),
          () => Deno.writeTextFileSync(path, ""),
        ]
      ) {
        replace();
        assert.throws(() => giveSocketTo(path, NOBODY), { name: "AppError" });
        Deno.removeSync(path);
      }
      assert.throws(() => giveSocketTo(path, NOBODY));
      assert.deepEqual([Deno.statSync(file).uid, Deno.statSync(other).uid], [0, 0]);
    }),
);
