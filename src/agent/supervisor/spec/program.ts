import { fillTemplate, type ProcessConfig, type TemplateWords } from "../../../config/mod.ts";
import type { Argv } from "./process_spec.ts";

const NODE_EXPORTER_PORT = 9100;

/** What is run; null for a process that somebody else starts. */
export function programOf(config: ProcessConfig, words: TemplateWords): Argv | null {
  const written = config.command.length > 0 ? config.command : ownProgram(config, words);
  return filledArgv(written, words);
}

export function filledArgv(written: readonly string[], words: TemplateWords): Argv | null {
  const [program, ...args] = written.map((text) => fillTemplate(text, words));
  return program === undefined ? null : [program, ...args];
}

function ownProgram(config: ProcessConfig, words: TemplateWords): readonly string[] {
  const { binary_path, type, args, pid_strategy } = config;
  if (binary_path === "" && (type === "custom" || pid_strategy === "match")) return [];
  return [binary_path === "" ? type : binary_path, ...(args.length > 0 ? args : defaultArguments(config, words))];
}

/** What the known programs are told where nobody says otherwise. */
function defaultArguments({ type, config_file }: ProcessConfig, words: TemplateWords): readonly string[] {
  switch (type) {
    case "filebeat":
      return ["-c", "{{config_file}}", "-path.home", "{{work_dir}}"];
    case "telegraf":
      return ["-config", "{{config_file}}"];
    case "node_exporter":
      return [
        // What it tells is for this host to collect; who wants it seen from elsewhere says so.
        `--web.listen-address=127.0.0.1:${words.port ?? NODE_EXPORTER_PORT}`,
        "--path.procfs=/proc",
        "--path.sysfs=/sys",
        ...(config_file === "" ? [] : ["--web.config.file={{config_file}}"]),
      ];
    case "custom":
      return [];
  }
}
