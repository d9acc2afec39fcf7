export const keys = {
  help: "Keyboard shortcuts",
  search: "Search on this page",
  palette: "Command palette",
  show_help: "Show this help",
  go_to: "Go to {page}",
  nothing: "Nothing fits",
  pages: "Pages",
  commands: "Commands",
  in_table: "In tables: arrows move, Space selects, Enter opens, Home and End jump",
  then: "then",
};
