import type { ComponentChildren, JSX } from "preact";
import { bytes } from "../../kit/format.ts";
import { t, type TextKey } from "../../kit/i18n/i18n.ts";
import { Link } from "../../kit/router.tsx";
import { visible } from "../../kit/safe_text.ts";
import { Badge, type Tone } from "../../ui/badge.tsx";
import { Note } from "../../ui/problem.tsx";
import { Time } from "../../ui/time.tsx";
import type { ShownDetails, ShownExit } from "./model/process_details.ts";

interface Word {
  readonly text: TextKey;
  readonly tone?: Tone;
}

/** Words of a host that have a meaning here; others, of a newer version, are shown as they are. */
const WORDS: Readonly<Record<string, Word>> = {
  readiness: { text: "processes.readiness" },
  liveness: { text: "processes.liveness" },
  heartbeat: { text: "processes.heartbeat" },
  good: { text: "processes.probe_good", tone: "good" },
  bad: { text: "processes.probe_bad", tone: "bad" },
  waiting: { text: "processes.probe_waiting" },
  service: { text: "processes.kind_service" },
  oneshot: { text: "processes.kind_oneshot" },
  config: { text: "processes.from_config" },
  api: { text: "processes.from_api" },
};

/** How a process is run, and how it does by its probes. */
export function Details({ details, logHref }: {
  readonly details: ShownDetails;
  readonly logHref: (file: string) => string;
}): JSX.Element {
  const { problems, logs } = details;
  return (
    <>
      {problems.length > 0 && (
        <Note tone="warn">
          <ul>{problems.map((each, at) => <li key={at}>{visible(each, 500)}</li>)}</ul>
        </Note>
      )}
      <Life details={details} />
      <HowRun details={details} />
      {logs.length > 0 && (
        <section class="stack tight">
          <h3>{t("processes.log_files")}</h3>
          <ul class="stack tight">
            {logs.map(({ name, path, sizeBytes }, at) => (
              <li key={at} class="row">
                <Link href={logHref(name)} class="cut" title={visible(path, 500)}>{visible(name, 100)}</Link>
                <span class="muted small end nums">{bytes(sizeBytes)}</span>
              </li>
            ))}
          </ul>
        </section>
      )}
    </>
  );
}

function Life({ details }: { readonly details: ShownDetails }): JSX.Element {
  const { isEnabled, isWanted, startedMs, nextStartMs, lastExit, statusText, probes } = details;
  return (
    <section class="stack tight">
      <h3>{t("processes.life")}</h3>
      <dl class="facts">
        <Fact label={t("processes.wanted")}>
          {isEnabled ? t(isWanted ? "processes.wanted_yes" : "processes.wanted_no") : t("processes.disabled")}
        </Fact>
        {startedMs !== undefined && (
          <Fact label={t("processes.started")}>
            <Time ms={startedMs} />
          </Fact>
        )}
        {nextStartMs !== undefined && (
          <Fact label={t("processes.next_start")}>
            <Time ms={nextStartMs} />
          </Fact>
        )}
        {lastExit !== undefined && (
          <Fact label={t("processes.last_exit")}>
            {exitText(lastExit)}{" "}
            <span class="muted">
              · <Time ms={lastExit.timeMs} />
            </span>
          </Fact>
        )}
        {statusText !== undefined && <Fact label={t("processes.says")}>{visible(statusText, 300)}</Fact>}
        {probes.map(({ probe, type, result, reason }, at) => (
          <Fact key={at} label={wordOf(probe)}>
            <Badge tone={known(result)?.tone}>{wordOf(result)}</Badge> <span class="muted">{visible(type, 40)}</span>
            {" "}
            {visible(reason, 300)}
          </Fact>
        ))}
      </dl>
    </section>
  );
}

function HowRun({ details }: { readonly details: ShownDetails }): JSX.Element {
  const { kind, type, origin, argv, workDir, user, envNames, dependsOn, limits } = details;
  return (
    <section class="stack tight">
      <h3>{t("processes.how_run")}</h3>
      <dl class="facts">
        <Fact label={t("processes.kind")}>{visible(type, 40)} · {wordOf(kind)} · {wordOf(origin)}</Fact>
        <Fact label={t("processes.command")}>
          <code class="break">{visible(argv.join(" "), 2_000) || "–"}</code>
        </Fact>
        <Fact label={t("processes.work_dir")}>
          <code class="break">{visible(workDir, 500) || "–"}</code>
        </Fact>
        {user !== undefined && <Fact label={t("common.user")}>{visible(user, 80)}</Fact>}
        <List label={t("processes.depends_on")} items={dependsOn} />
        <List label={t("processes.limits")} items={limits} />
        <List label={t("processes.environment")} items={envNames} />
      </dl>
    </section>
  );
}

function List({ label, items }: { readonly label: string; readonly items: readonly string[] }): JSX.Element | null {
  return items.length === 0 ? null : <Fact label={label}>{items.map((item) => visible(item, 200)).join(", ")}</Fact>;
}

function Fact({ label, children }: { readonly label: string; readonly children: ComponentChildren }): JSX.Element {
  return (
    <>
      <dt>{label}</dt>
      <dd class="break">{children}</dd>
    </>
  );
}

function known(word: string): Word | undefined {
  return Object.hasOwn(WORDS, word) ? WORDS[word] : undefined;
}

function wordOf(word: string): string {
  const found = known(word);
  return found === undefined ? visible(word, 40) : t(found.text);
}

/** An end that nobody could observe is none with code 0. */
function exitText({ code, signal, isCoreDumped }: ShownExit): string {
  const dumped = isCoreDumped ? ` (${t("processes.core_dumped")})` : "";
  if (signal !== undefined) return `${visible(signal, 20)}${dumped}`;
  return code === undefined ? t("processes.exit_unknown") : t("processes.exit_code", { code });
}
