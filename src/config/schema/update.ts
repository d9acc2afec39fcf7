import { duration, key, optionalPath, section, wholeNumber } from "./values.ts";

export function updateSection() {
  return section({
    download_dir: key(optionalPath(), "", "Where new versions are downloaded. Empty: under agent.work_dir."),
    backup_dir: key(optionalPath(), "", "Where replaced versions are kept. Empty: under agent.work_dir."),
    max_backups: key(wholeNumber(0, 1000), 3, "Number of replaced versions kept."),
    verify_timeout: key(
      duration({ min: "1s" }),
      "60s",
      "Time that a new version has to become ready before it is undone.",
    ),
    public_key_file: key(optionalPath(), "", "Key that new versions must be signed with. Empty: the built-in one."),
  }, "How the agent replaces itself by a new version.");
}
