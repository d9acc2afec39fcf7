/** Three hosts on which everything is allowed, each with processes that write logs. */
import type { StageHost } from "./stage.ts";

/** Counts, four times a second. */
function service(id: string, host: string): string {
  const script = `i=0; while :; do echo "line $i of ${id} on ${host}"; i=$((i+1)); sleep 0.25; done`;
  return `  - id: ${id}\n    command: [/bin/sh, -c, '${script}']\n    labels: { tier: ${id} }\n`;
}

function config(name: string, more: string): (folder: string) => string {
  return (folder) =>
    `policy: { terminal: on, files: write, exec: on }
terminal: { shell: /bin/sh }
files: { roots: ["${folder}"] }
processes:
${service("web", name)}${more}`;
}

export const THREE_HOSTS: readonly StageHost[] = [
  { name: "web-1", labels: ["env=prod"], config: config("web-1", service("worker", "web-1")) },
  { name: "web-2", labels: ["env=prod"], config: config("web-2", "") },
  { name: "db-1", labels: ["env=test"], config: config("db-1", "") },
];
