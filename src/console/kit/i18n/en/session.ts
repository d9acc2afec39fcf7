export const session = {
  not_allowed: "Your role ({role}) may not do this; it needs {verb}",
  only_reports: "This host only reports and cannot be told anything",
  policy_off: "The host's own policy has {policy} off",
  host_away: "The host is {state}",
  viewer: "viewer",
  operator: "operator",
  admin: "admin",
};
