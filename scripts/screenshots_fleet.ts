/** A fleet that could be somebody's, for pictures. */
import type { StageHost } from "../tests/helpers/console/stage.ts";

/** Writes what a service writes, two to five times a second. */
function service(id: string, name: string, labels: string, lines: readonly string[]): string {
  const texts = lines.map((line) => `"${line}"`).join(" ");
  const script = `n=0; while :; do for line in ${texts}; do n=$((n+1)); ` +
    `echo "$(date -u +%H:%M:%S) $line request=$((n*7919%100000))"; sleep 0.4; done; done`;
  return `  - { id: ${id}, name: ${name}, labels: { ${labels} }, command: [/bin/sh, -c, '${script}'] }\n`;
}

const WEB = [
  "INFO  GET /api/orders 200 in 12 ms",
  "INFO  GET /api/orders/8841 200 in 8 ms",
  "INFO  POST /api/carts 201 in 31 ms",
  "WARN  upstream answered slowly: 1204 ms, timeout is 2000 ms",
  "INFO  GET /healthz 200 in 1 ms",
  "ERROR upstream timeout after 2000 ms, retrying on api-2",
];
const WORKER = [
  "INFO  job mail.digest done in 220 ms",
  "INFO  job report.daily done in 1840 ms",
  "DEBUG queue depth 14",
  "WARN  job image.resize took 5210 ms, timeout is 8000 ms",
];
const DATABASE = [
  "LOG   checkpoint complete: wrote 412 buffers",
  "LOG   autovacuum: 1204 rows removed from orders",
  "WARN  statement timeout: cancelled after 30 s",
];

function config(processes: string): NonNullable<StageHost["config"]> {
  return (folder) =>
    `policy: { terminal: on, files: write, exec: on }
terminal: { shell: /bin/bash }
files: { roots: ["${folder}"] }
collectors: { interval: 2s }
processes:
${processes}`;
}

export const PICTURED_HOSTS: readonly StageHost[] = [
  {
    name: "web-1",
    labels: ["env=prod", "role=web"],
    config: config(
      service("web", "shop", "tier: web", WEB) + service("worker", "shop worker", "tier: worker", WORKER) +
        "  - { id: exporter, name: node exporter, labels: { tier: agent }, command: [sleep, '100000'] }\n",
    ),
  },
  {
    name: "web-2",
    labels: ["env=prod", "role=web"],
    config: config(service("web", "shop", "tier: web", WEB)),
  },
  {
    name: "db-1",
    labels: ["env=prod", "role=db"],
    config: config(
      service("postgres", "orders database", "tier: db", DATABASE) +
        "  - { id: backup, name: nightly backup, labels: { tier: db }, command: [/bin/sh, -c, 'sleep 2; exit 3'] }\n",
    ),
  },
];

/** Their labels, by their names. */
export const SIMULATED_NAMES: readonly (readonly [string, Readonly<Record<string, string>>])[] = [
  ["api-1", { env: "prod", role: "api" }],
  ["api-2", { env: "prod", role: "api" }],
  ["api-3", { env: "prod", role: "api" }],
  ["web-3", { env: "prod", role: "web" }],
  ["db-2", { env: "prod", role: "db" }],
  ["cache-1", { env: "prod", role: "cache" }],
  ["cache-2", { env: "prod", role: "cache" }],
  ["edge-fra-1", { env: "prod", role: "edge", site: "fra" }],
  ["edge-fra-2", { env: "prod", role: "edge", site: "fra" }],
  ["edge-sin-1", { env: "prod", role: "edge", site: "sin" }],
  ["mail-1", { env: "prod", role: "mail" }],
  ["files-1", { env: "prod", role: "files" }],
  ["web-staging-1", { env: "staging", role: "web" }],
  ["api-staging-1", { env: "staging", role: "api" }],
  ["db-staging-1", { env: "staging", role: "db" }],
  ["build-1", { env: "ci", role: "build" }],
  ["build-2", { env: "ci", role: "build" }],
  ["build-win-1", { env: "ci", role: "build" }],
  ["lab-1", { env: "test" }],
  ["lab-2", { env: "test" }],
];

const GREEN = "\\[\\e[1;32m\\]";
const BLUE = "\\[\\e[1;34m\\]";
const PLAIN = "\\[\\e[0m\\]";
const RELEASES = ["2026-11-03", "2026-11-12", "2026-11-21"];
const DEPLOY_STEPS = [
  "fetch   shop-4.2.0.tar.gz  18.4 MB",
  "verify  SHA-256 as expected",
  "unpack  releases/2026-11-21",
  "check   http://127.0.0.1:8080/healthz answers 200",
  "switch  current -> releases/2026-11-21",
  "done in 1.2 s",
];

/** Makes a home of its own for the shell of a picture, and clears away how. */
export const TERMINAL_SETTING: readonly string[] = [
  "export HOME=$(mktemp -d)",
  "cd",
  `mkdir -p ${RELEASES.map((each) => `shop/releases/${each}`).join(" ")}`,
  "ln -s releases/2026-11-21 shop/current",
  `printf '%s\\n' ${WEB.map((line) => `'21:04:0${WEB.indexOf(line)} ${line}'`).join(" ")} > shop/shop.log`,
  "alias ls='ls --color=always' grep='grep --color=always'",
  `deploy() { printf '\\e[32m✓\\e[0m %s\\n' ${DEPLOY_STEPS.map((step) => `'${step}'`).join(" ")}; }`,
  `PS1='${GREEN}root@web-1${PLAIN}:${BLUE}\\w${PLAIN}# '`,
  "clear",
];

/** What is then to be seen. */
export const TERMINAL_COMMANDS: readonly string[] = [
  "cd shop",
  "ls -1F . releases",
  "grep -c ERROR shop.log",
  "grep -E 'WARN|ERROR|timeout' shop.log",
  "deploy shop 4.2.0",
];
