import { AppError, messageOf } from "../../core/mod.ts";
import { boundMessages } from "./visitor.ts";

/** Makes a WebSocket of a request; throws `invalid_input` for one that is no handshake of that. */
export function upgradeToWebSocket(request: Request, options: Deno.UpgradeWebSocketOptions): Deno.WebSocketUpgrade {
  try {
    const upgrade = Deno.upgradeWebSocket(request, options);
    boundMessages(request, upgrade.socket);
    return upgrade;
  } catch (cause) {
    // Its head lacks something, or it came by HTTP/2, or the caller has gone.
    throw new AppError("invalid_input", `Cannot begin a WebSocket: ${messageOf(cause)}`, { cause });
  }
}
