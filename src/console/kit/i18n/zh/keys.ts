import type { keys as english } from "../en/keys.ts";

export const keys: Record<keyof typeof english, string> = {
  help: "键盘快捷键",
  search: "在本页搜索",
  palette: "命令面板",
  show_help: "显示此帮助",
  go_to: "前往{page}",
  nothing: "没有匹配项",
  pages: "页面",
  commands: "命令",
  in_table: "在表格中：方向键移动，空格选择，回车打开，Home/End 跳转",
  then: "然后",
};
