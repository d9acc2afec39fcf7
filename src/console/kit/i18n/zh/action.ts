import type { action as english } from "../en/action.ts";

export const action: Record<keyof typeof english, string> = {
  title: "对 {n} 个目标执行：{action}",
  targets: "目标",
  left_out: "将跳过",
  none: "没有可执行的目标",
  progress: "已完成 {done}/{total}",
  ok: "全部 {n} 项完成",
  some_failed: "{total} 项中有 {failed} 项失败",
  stop: "停止（等待进行中的完成）",
  retry_failed: "重试失败项",
  type_name: "输入 {name} 以确认",
  and_more: "以及另外 {n} 项",
};
