/** Prometheus' text format as tests read it, and its own programs where they are installed. */

const LINE = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/;
const LABEL = /([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"/g;

/** Each series' value, by its name with its labels in order: `node_cpu_seconds_total{cpu="0",mode="idle"}`. */
export function parseSeries(text: string): Map<string, number> {
  const series = new Map<string, number>();
  for (const line of text.split("\n")) {
    if (line === "" || line.startsWith("#")) continue;
    const [, name, labels = "", value] = LINE.exec(line) ?? [];
    if (name === undefined || value === undefined) throw new Error(`Not a line of metrics: ${line}`);
    const sorted = [...labels.matchAll(LABEL)].map(([label]) => label).sort().join(",");
    const key = sorted === "" ? name : `${name}{${sorted}}`;
    if (series.has(key)) throw new Error(`${key} is there twice`);
    series.set(key, value === "+Inf" ? Infinity : value === "-Inf" ? -Infinity : Number(value));
  }
  return series;
}

/** The type of each family. */
export function parseTypes(text: string): Map<string, string> {
  return new Map([...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name = "", type = ""]) => [name, type]));
}

/** True for a program that can be run here; CI installs those that tests compare with. */
export function isInstalled(program: string): boolean {
  try {
    new Deno.Command(program, { args: ["--version"], stdout: "null", stderr: "null" }).outputSync();
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
