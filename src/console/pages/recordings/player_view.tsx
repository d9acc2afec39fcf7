import { type Signal, useSignal, useSignalEffect } from "@preact/signals";
import type { JSX, RefObject } from "preact";
import { useEffect, useMemo, useRef } from "preact/hooks";
import { duration } from "../../kit/format.ts";
import { t } from "../../kit/i18n/i18n.ts";
import { loadStyle } from "../../kit/lazy_style.ts";
import { visible } from "../../kit/safe_text.ts";
import { isDark } from "../../kit/theme.ts";
import { Button } from "../../ui/button.tsx";
import { Select } from "../../ui/field.tsx";
import { Problem } from "../../ui/problem.tsx";
import { Loading } from "../../ui/resource.tsx";
import { useSize } from "../../ui/use_size.ts";
import type { Cast } from "./cast.ts";
import { clockText, type Schedule, scheduleOf, SPEEDS } from "./playback.ts";
import { Player } from "./player.ts";
import type { XtermScreen } from "./xterm_screen.ts";

const IDLES = ["1", "2", "5", "all"] as const;
type Idle = (typeof IDLES)[number];
const STEP_MS = 5_000;
const MAX_MARKERS = 50;

/** A recording with its controls. xterm.js is loaded for it. */
export function PlayerView({ cast }: { readonly cast: Cast }): JSX.Element {
  const place = useRef<HTMLDivElement>(null);
  const idle = useSignal<Idle>("2");
  const schedule = useMemo(() => scheduleOf(cast, idle.value === "all" ? Infinity : Number(idle.value) * 1_000), [
    cast,
    idle.value,
  ]);
  const { player, problem, retry } = usePlayer(place, cast, schedule);
  const found = player.value;
  const onKey = (event: KeyboardEvent) => {
    if (found === null || event.target instanceof HTMLInputElement || event.target instanceof HTMLSelectElement) return;
    if (event.key === " " && !(event.target instanceof HTMLButtonElement)) found.toggle();
    else if (event.key === "ArrowRight") found.seek(found.position.peek() + STEP_MS);
    else if (event.key === "ArrowLeft") found.seek(found.position.peek() - STEP_MS);
    else return;
    event.preventDefault();
  };
  return (
    <div class="recordings-player" onKeyDown={onKey}>
      {problem.value !== undefined && (
        <Problem title={t("recordings.load_player")} problem={problem.value} onRetry={retry} />
      )}
      {found === null && problem.value === undefined && <Loading />}
      <div class="recordings-screen" ref={place} role="region" aria-label={t("recordings.screen")} tabIndex={0} />
      {found !== null && <Controls player={found} schedule={schedule} idle={idle} />}
    </div>
  );
}

/** The player on its screen, once xterm.js has come; made anew for another recording. */
function usePlayer(place: RefObject<HTMLDivElement | null>, cast: Cast, schedule: Schedule) {
  const player = useSignal<Player | null>(null);
  const screen = useSignal<XtermScreen | null>(null);
  const problem = useSignal<unknown>(undefined);
  const round = useSignal(0);
  const size = useSize(place);
  useEffect(() => {
    let isLeft = false;
    problem.value = undefined;
    load(place.current, cast).then((made) => {
      if (isLeft) return made.dispose();
      const running = new Player({ screen: made, size: cast.header, schedule, nextFrame });
      void running.run();
      screen.value = made;
      player.value = running;
    }, (error) => {
      if (!isLeft) problem.value = error;
    });
    return () => {
      isLeft = true;
      player.peek()?.end();
      screen.peek()?.dispose();
      player.value = null;
      screen.value = null;
    };
  }, [cast, round.value]);
  useEffect(() => player.peek()?.setSchedule(schedule), [schedule]);
  useSignalEffect(() => screen.value?.setDark(isDark.value));
  useSignalEffect(() => {
    if (size.value.width > 0) screen.value?.fit(size.value.width);
  });
  return { player, problem, retry: () => void round.value++ };
}

async function load(place: HTMLElement | null, { header }: Cast): Promise<XtermScreen> {
  const [{ createXtermScreen }] = await Promise.all([import("./xterm_screen.ts"), loadStyle("terminal")]);
  if (place === null) throw new Error("there is no place for the screen");
  const { cols, rows } = header;
  return createXtermScreen(place, { cols, rows, isDark: isDark.peek(), label: t("recordings.screen") });
}

function nextFrame(): Promise<number> {
  return new Promise((resolve) => requestAnimationFrame(resolve));
}

function Controls({ player, schedule, idle }: {
  readonly player: Player;
  readonly schedule: Schedule;
  readonly idle: Signal<Idle>;
}): JSX.Element {
  const speed = useSignal("1");
  const { durationMs, savedMs } = schedule;
  const positionMs = player.position.value;
  const isPlaying = player.isPlaying.value;
  const isAtEnd = positionMs >= durationMs;
  const at = t("recordings.at", { at: clockText(positionMs), length: clockText(durationMs) });
  return (
    <>
      <div class="recordings-controls">
        <Button
          kind="primary"
          icon={isPlaying ? "pause" : isAtEnd ? "reload" : "play"}
          label={t(isPlaying ? "recordings.pause" : isAtEnd ? "recordings.again" : "recordings.play")}
          onClick={() => player.toggle()}
        />
        <input
          class="recordings-position"
          type="range"
          min={0}
          max={Math.max(1, durationMs)}
          step={100}
          value={positionMs}
          aria-label={t("recordings.position")}
          aria-valuetext={at}
          onInput={({ currentTarget }) => player.seek(Number(currentTarget.value))}
        />
        <span class="nums recordings-clock">{at}</span>
        <Select
          label={t("recordings.speed")}
          isLabelHidden
          value={speed.value}
          onChange={(value) => {
            speed.value = value;
            player.speed = Number(value);
          }}
          options={SPEEDS.map((value) => ({ value: String(value), label: `${value}×` }))}
        />
        <Select<Idle>
          label={t("recordings.idle")}
          value={idle.value}
          onChange={(value) => idle.value = value}
          options={IDLES.map((value) => ({
            value,
            label: value === "all" ? t("recordings.idle_all") : t("recordings.idle_cut", { n: value }),
          }))}
        />
      </div>
      <div class="row wrap muted small">
        <span>{t("recordings.keys")}</span>
        {savedMs >= 1_000 && <span>{t("recordings.saved", { span: duration(savedMs) })}</span>}
      </div>
      <Markers player={player} schedule={schedule} />
    </>
  );
}

function Markers({ player, schedule }: { readonly player: Player; readonly schedule: Schedule }): JSX.Element | null {
  const markers = useMemo(
    () => schedule.events.flatMap(({ atMs, event }) => event.kind === "marker" ? [{ atMs, text: event.text }] : []),
    [schedule],
  );
  if (markers.length === 0) return null;
  return (
    <div class="row wrap" role="group" aria-label={t("recordings.markers")}>
      {markers.slice(0, MAX_MARKERS).map(({ atMs, text }, at) => (
        <Button
          key={at}
          isSmall
          icon="clock"
          onClick={() => player.seek(atMs)}
        >
          {clockText(atMs)} {visible(text, 80)}
        </Button>
      ))}
    </div>
  );
}
