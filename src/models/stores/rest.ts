import type { StoreOperation } from "../store-model.ts";

/** Remote state that a chat platform keeps, by the end of the member chain that reads it. */
export const REST_READS: Readonly<Record<string, { readonly id: string; readonly name: string }>> =
  {
    "members.fetch": { id: "discord:members", name: "the member" },
  };

/** What methods of such a row do to the remote side. */
export const REST_ROW_OPERATIONS: Readonly<Record<string, StoreOperation>> = {
  "roles.set": { kind: "write", data: 0 },
  "roles.add": { kind: "idempotent", key: 0 },
  "roles.remove": { kind: "idempotent", key: 0 },
};
