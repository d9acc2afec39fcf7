import type { session as english } from "../en/session.ts";

export const session: Record<keyof typeof english, string> = {
  not_allowed: "您的角色（{role}）无权执行此操作，需要 {verb}",
  only_reports: "该主机仅上报数据，无法下发操作",
  policy_off: "该主机自身策略未开启 {policy}",
  host_away: "主机{state}",
  viewer: "只读",
  operator: "操作员",
  admin: "管理员",
};
