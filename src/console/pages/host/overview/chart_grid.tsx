import type { JSX } from "preact";
import { t } from "../../../kit/i18n/i18n.ts";
import { Chart } from "../../../ui/chart.tsx";
import { CHARTS, type ChartSpec } from "./charts.ts";
import type { SampleWindow } from "./sample_window.ts";

interface ChartsProps {
  readonly window: SampleWindow;
  readonly rangeMs: readonly [number, number];
  /** The window is changed in place; this tells that it was. */
  readonly version: number;
}

/** All charts of a host with one cursor; what was not measured in the whole span has none. */
export function Charts(props: ChartsProps): JSX.Element {
  const { window } = props;
  const isMeasured = ({ lines }: ChartSpec) => lines.some(({ series }) => window.has(series));
  const [shown, absent] = [CHARTS.filter(isMeasured), CHARTS.filter((spec) => !isMeasured(spec))];
  return (
    <>
      <div class="host-charts">
        {shown.map((spec) => <Card key={spec.id} spec={spec} {...props} />)}
      </div>
      {absent.length > 0 && (
        <p class="muted small">
          {t("host.not_measured", { what: absent.map(({ title }) => t(title)).join(", ") })}
        </p>
      )}
    </>
  );
}

function Card({ spec, window, rangeMs }: ChartsProps & { readonly spec: ChartSpec }): JSX.Element {
  const { title, lines, format, max } = spec;
  const measured = lines.filter(({ series }) => window.has(series));
  const isSilent = window.isSilentAt(rangeMs[1]);
  const series = measured.map(({ series, label, colour, isFilled }) => ({
    label: t(label),
    values: isSilent ? [...window.values(series), null] : window.values(series),
    colour,
    isFilled,
  }));
  return (
    <section class="card host-chart">
      <div class="row host-chart-head">
        <h3 class="grow cut">{t(title)}</h3>
        <span class="nums strong">{series.map(({ values }) => format(values.at(-1))).join(" · ")}</span>
      </div>
      <Chart
        label={t(title)}
        timesMs={isSilent ? [...window.timesMs, rangeMs[1]] : window.timesMs}
        series={series}
        format={format}
        syncKey="host"
        max={max}
        rangeMs={rangeMs}
      />
    </section>
  );
}
