import { join } from "node:path";

/** The words that can stand in `{{ }}` in what a process is given. */
export const TEMPLATE_WORDS = ["index", "port", "id", "name", "work_dir", "config_file"] as const;
type TemplateWord = (typeof TEMPLATE_WORDS)[number];
export type TemplateWords = Readonly<Partial<Record<TemplateWord, string>>>;

/** Words like those that a real process has, for looking at a text before there is one. */
export const SAMPLE_WORDS: TemplateWords = { index: "0", port: "1", id: "x", name: "x" };

const WORD = new RegExp(`\\{\\{(${TEMPLATE_WORDS.join("|")})\\}\\}`, "g");
const BEGINS_WITH_PATH = /^\{\{(work_dir|config_file)\}\}/;

/** Puts the words in. Anything else in `{{ }}` stays as it is, because programs have templates of their own. */
export function fillTemplate(text: string, words: TemplateWords): string {
  if (!text.includes("{{")) return text;
  return text.replace(WORD, (whole, word: TemplateWord) => words[word] ?? whole);
}

/** Whether the text is an absolute path once the words are in. */
export function beginsWithPath(text: string): boolean {
  return BEGINS_WITH_PATH.test(text);
}

/** A process, as far as its replicas depend on it. */
export interface ReplicaSource {
  readonly id: string;
  readonly name: string;
  readonly replicas: number;
  readonly port_base: number;
  readonly work_dir: string;
  readonly config_file: string;
}

/** One of the processes that run for one process of the config: the only one, or one of several. */
export interface Replica {
  readonly id: string;
  readonly name: string;
  readonly index: number;
  readonly workDir: string;
  readonly words: TemplateWords;
}

/** The replica of that index; what is made for it without being told otherwise is under the agent's work directory. */
export function replicaOf(source: ReplicaSource, index: number, agentWorkDir: string): Replica {
  const id = source.replicas > 1 ? `${source.id}-${index}` : source.id;
  const port = source.port_base > 0 ? { port: String(source.port_base + index) } : {};
  const numbered: TemplateWords = { index: String(index), id, ...port };
  const name = source.name === source.id || source.name === "" ? id : fillTemplate(source.name, numbered);
  const named: TemplateWords = { ...numbered, name };
  const workDir = source.work_dir === "" ? join(agentWorkDir, "processes", id) : fillTemplate(source.work_dir, named);
  const placed: TemplateWords = { ...named, work_dir: workDir };
  return { id, name, index, workDir, words: { ...placed, config_file: fillTemplate(source.config_file, placed) } };
}
