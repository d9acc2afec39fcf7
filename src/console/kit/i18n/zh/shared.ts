import type { shared as english } from "../en/shared.ts";

export const shared: Record<keyof typeof english, string> = {
  any_host: "所有主机",
  host_unknown: "没有名为 {name} 的主机，或者您无权查看",
  selector_all: "所有主机",
  selector_hint: "按标签和名称选择，例如 env=prod,name=web-*；留空表示全部。",
  selector_fits: "当前匹配 {n} 台主机。",
  selector_wrong: "选择器由以下形式的条件组成：env=prod、team!=db、gpu、!old 或 name=web-*",
  role_viewer: "查看者",
  role_operator: "操作员",
  role_admin: "管理员",
  all_hosts: "所有主机",
};
