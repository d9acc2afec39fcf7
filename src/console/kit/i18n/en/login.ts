export const login = {
  title: "Log in",
  name: "User name",
  password: "Password",
  submit: "Log in",
  ended: "Your session has ended; log in again.",
  setup: "Nobody can log in yet: the first user has still to be made.",
  setup_how: "Run this on the manager's machine and open the link that it prints:",
  no_password: "Enter your name and password",
};
