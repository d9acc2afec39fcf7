import { dropSocket, upgradeToWebSocket } from "../../../http/mod.ts";
import { type Caller, LIVE_PATH, liveQuery } from "../../../protocol/mod.ts";
import type { RouteMaker } from "../guard/manager_route.ts";
import type { ManagerRoute } from "../guard/route_spec.ts";
import { Seats } from "../guard/seats.ts";
import { requireUpgrade, socketCaller } from "../guard/socket_caller.ts";
import type { AuthPort } from "../ports.ts";
import type { SocketLike } from "./live_socket.ts";
import type { LiveSockets } from "./live_sockets.ts";

const SEATS = { what: "live connections", perCaller: 20, inAll: 500 };
/** Without a sign of life for so long the runtime asks for one, and then closes. */
const IDLE_SECONDS = 30;

export function liveRoute(make: RouteMaker, auth: AuthPort, live: LiveSockets): ManagerRoute {
  const seats = new Seats(SEATS);
  return make.ownGuard({ verb: "host.view", isAboutHost: false, isAudited: false, takes: "ticket" }, {
    tags: ["live"],
    method: "GET",
    path: LIVE_PATH,
    summary: "Be told of hosts, events and tasks as they change: a WebSocket with JSON messages",
    description: "A browser puts a `ticket` into the address; who sends a bearer token needs none. Send " +
      '`{"type":"subscribe","hosts":"all","events":true,"tasks":true}`; each subscription replaces the one before. ' +
      "`hosts` tells all of them, `changes` those that have changed, once a second at most.",
    query: liveQuery(),
    produces: [],
    answers: { 101: "The messages begin" },
    errors: ["unauthorized", "rate_limited"],
    async handle(asked) {
      const { request, headers, address, query } = asked;
      requireUpgrade(headers, LIVE_PATH);
      live.admit();
      auth.checkOrigin(request, { address });
      const caller = await socketCaller(auth, asked.caller, query.ticket);
      auth.authorise(caller, "host.view");
      const leave = seats.take(caller.actor);
      try {
        return upgraded(request, live, caller, leave);
      } catch (error) {
        leave();
        throw error;
      }
    },
  });
}

function upgraded(request: Request, live: LiveSockets, caller: Caller, leave: () => void): Response {
  const { socket, response } = upgradeToWebSocket(request, { idleTimeout: IDLE_SECONDS });
  let connection: ReturnType<LiveSockets["add"]> | null = null;
  socket.onopen = () => connection = live.add(socketLike(socket), caller);
  socket.onmessage = ({ data }) => connection?.received(data);
  // Closing can be told twice, and may come without opening ever having been.
  socket.onclose = () => {
    connection?.ended();
    leave();
  };
  // One that was open is closed right after; one that never opens ends here.
  socket.onerror = () => {
    if (connection === null) leave();
  };
  return response;
}

function socketLike(socket: WebSocket): SocketLike {
  return {
    get readyState() {
      return socket.readyState;
    },
    get bufferedAmount() {
      return socket.bufferedAmount;
    },
    send: (text) => socket.send(text),
    close: (code, reason) => socket.close(code, reason),
    drop: () => void dropSocket(socket),
  };
}
