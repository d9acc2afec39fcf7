/** Texts of what several pages share. */
export const shared = {
  any_host: "All hosts",
  host_unknown: "There is no host {name}, or you may not see it",
  selector_all: "all hosts",
  selector_hint: "Labels and names, such as env=prod,name=web-*; empty for all.",
  selector_fits: "Fits {n} host now.|Fits {n} hosts now.",
  selector_wrong: "A selector is made of terms such as env=prod, team!=db, gpu, !old or name=web-*",
  role_viewer: "Viewer",
  role_operator: "Operator",
  role_admin: "Admin",
  all_hosts: "all hosts",
};
