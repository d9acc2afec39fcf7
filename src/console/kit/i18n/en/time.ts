export const time = {
  now: "now",
  ago: "{span} ago",
  in: "in {span}",
};
