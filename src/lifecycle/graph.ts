import { AppError, topologicalOrder } from "../core/mod.ts";
import type { Component } from "./component.ts";
import type { Failure } from "./start_error.ts";

const NAME = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;

/** The components by name, in order of registration. */
export type Components = ReadonlyMap<string, Component>;

export function checkName(name: string): void {
  if (NAME.test(name)) return;
  const rule = "a name is lowercase words joined by hyphens, such as control-http";
  throw new AppError("invalid_input", `Cannot register component "${name}": ${rule}`);
}

/** The components in an order in which each comes after those that it depends on. */
export function startOrder(components: Components): Component[] {
  const graph = new Map([...components].map(([name, component]) => [name, component.dependsOn ?? []]));
  return topologicalOrder(graph, "components").flat().flatMap((name) => components.get(name) ?? []);
}

/** All that is wrong with the graph, where `startOrder` throws for the first problem only. */
export function graphProblems(components: Components): Failure[] {
  const problems: Failure[] = [];
  const known = new Map<string, readonly string[]>();
  for (const { name, dependsOn = [] } of components.values()) {
    known.set(name, dependsOn.filter((need) => components.has(need)));
    for (const need of dependsOn.filter((need) => !components.has(need))) {
      problems.push({ name, error: new AppError("invalid_input", `depends on "${need}", which does not exist`) });
    }
  }
  try {
    topologicalOrder(known, "components");
  } catch (error) {
    problems.push({ name: "dependencies", error });
  }
  return problems;
}
