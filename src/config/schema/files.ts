import { byteSize, duration, key, list, onOff, path, section, shortMapping } from "./values.ts";

export function filesSection() {
  return section({
    roots: key(
      list(rootSchema()),
      [],
      "Folders whose files can be reached, with all that is in them. Empty: all of this host, which with policy.files: " +
        "write means as much as being its administrator.",
    ),
    max_upload_bytes: key(
      byteSize("0B", { zero: true }),
      "100GB",
      "Size of the largest file that is taken; 0 for no limit but the disk's.",
    ),
    upload_expiry: key(
      duration({ min: "1m", max: "30d", example: "24h" }),
      "24h",
      "Time after which a file that has not come whole is given up, with what has come of it.",
    ),
  }, "Files of this host, for whom policy.files lets do that.");
}

/** `/srv` alone is short for `{ path: /srv }`. */
function rootSchema() {
  return shortMapping({
    path: path(["/srv/www"]),
    write: key(onOff(), true, "Whether files in there may be changed, where policy.files is write."),
  }, "path");
}
