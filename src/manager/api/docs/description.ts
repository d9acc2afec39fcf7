/** What stands at the beginning of the OpenAPI document and of the reference page. */
export const API_TITLE = "Farhand manager";

export const API_DESCRIPTION =
  `Every answer in JSON is \`{"code": 0, "msg": "ok", "data": …}\`, with the fitting HTTP status. A code other than 0
is an error: 10xxx general, 20xxx hosts (20001: the host is not connected), 30xxx processes, 40xxx packages, 50xxx
monitoring. Match on the code, never on the text.

Say who you are by \`Authorization: Bearer …\` with an API token (\`POST /api/v1/tokens\`) or with a session's token
(\`POST /api/v1/sessions\` with \`"bearer": true\`). A browser has a cookie instead, and sends the session's \`csrf\` as
\`x-csrf-token\` with every change.

What you may do is your role's (viewer, operator, admin), on the hosts of your scope. A host outside of it answers as one
that is not there.

Lists come in pages: ask again with the \`next\` of an answer as \`cursor\`, until there is none.`;

export const API_TAGS = [
  { name: "sessions", description: "Logging in and out, the first admin, and what a caller may do." },
  { name: "users", description: "Who may use the manager." },
  { name: "tokens", description: "API tokens, with which scripts ask the manager." },
  { name: "join tokens", description: "With which hosts enrol." },
  { name: "hosts", description: "The hosts, their labels and settings." },
  { name: "agents", description: "Each host's own control API, through its tunnel." },
  { name: "samples", description: "What was measured, across the fleet." },
  { name: "processes", description: "What is supervised, across the fleet." },
  { name: "logs", description: "The history of logs, searched on the hosts." },
  { name: "events", description: "What has happened." },
  { name: "tasks", description: "What the manager owes its hosts." },
  { name: "settings", description: "What can change while everything runs." },
  { name: "terminals", description: "Shells on hosts, in a browser or on a command line." },
  { name: "recordings", description: "What terminals have shown to those who used them." },
  { name: "audit", description: "Who has changed what." },
  { name: "live", description: "Changes as they happen." },
  { name: "metrics", description: "For Prometheus." },
  { name: "manager", description: "The manager itself." },
  { name: "for hosts", description: "By what hosts come in; agents use it by themselves." },
  { name: "reference", description: "This description." },
] as const;

export const SECURITY_SCHEMES = {
  bearer: { type: "http", scheme: "bearer", description: "An API token, or a session's token." },
  cookie: {
    type: "apiKey",
    in: "cookie",
    name: "__Host-farhand_session",
    description: "A browser's session; changes need x-csrf-token too.",
  },
} as const;
