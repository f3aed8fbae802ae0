import { lookup } from "../../models/lookup.ts";
import type { TSESTree } from "@typescript-eslint/types";
import { operationOfName } from "../../models/stores/generic.ts";
import { REST_ROW_OPERATIONS } from "../../models/stores/rest.ts";
import { dottedName, isFunction, memberName, propertyName, unwrap } from "../syntax/ast.ts";
import { contentOf, deepReads } from "./local-objects.ts";
import { used } from "./access.ts";
import { writePlace } from "./writes.ts";
import { deep } from "./literals.ts";
import type { Frame } from "./frame.ts";
import { ANY_KEY } from "./key.ts";
import { element, extend, placeOf, type Root } from "./place.ts";
import { saveRow } from "./row-saves.ts";
import { writeField } from "./row-writes.ts";
import { derived, mergeReads, UNKNOWN, type Value } from "./value.ts";

/** `new User(...)`: an object that becomes a row of its table when it is saved. */
export function markNewRow(frame: Frame, node: TSESTree.NewExpression, value: Value): void {
  const { stores } = frame.world.facts;
  const row = stores.rowClass(node.callee, frame.file);
  const [place] = value.places;
  const content = place && contentOf(frame, place);
  if (!row || !content || place.root.kind !== "local") return;
  const uniqueKeys = stores.schemas.uniqueKeys(row.model, row.table);
  const root: Root = { kind: "store", id: row.table, name: row.name, model: row.model, uniqueKeys };
  const made = extend(placeOf(root), element(ANY_KEY));
  frame.state.contents.set(place.root.id, { ...content, made });
}

/** A method of a row that a read gave: `doc.save()`, `user.update({...})`, `member.roles.set(...)`. Null when it is none. */
export function evaluateRowCall(
  frame: Frame,
  node: TSESTree.CallExpression,
  receiver: Value,
  args: readonly Value[],
): Value | null {
  const callee = unwrap(node.callee);
  if (callee.type !== "MemberExpression") return null;
  const name = memberName(callee);
  const rest = lookup(REST_ROW_OPERATIONS, dottedName(callee).split(".").slice(-2).join("."));
  for (const place of receiver.places) {
    const content = contentOf(frame, place);
    if (content?.made && name === "save") {
      saveRow(frame, place, frame.site(node), frame.site(node));
      return UNKNOWN;
    }
    if (!content?.origin) continue;
    const origin = content.origin;
    const site = frame.site(node);
    if (rest) {
      const reads = mergeReads(...args.map((arg) => deepReads(frame, arg)));
      if (rest.kind !== "idempotent")
        writePlace(frame, origin.place, {
          verb: "assign",
          reads: used(frame, reads),
          site,
          chain: [],
        });
      return UNKNOWN;
    }
    const kind =
      origin.place.root.kind === "store"
        ? rowOperation(
            lookup(origin.place.root.model?.rowOperations, name)?.kind,
            name,
            args.length,
          )
        : null;
    // `rows.forEach((row) => ...)`: a list of rows runs its callback like any other list.
    if (!kind && node.arguments.some((argument) => isFunction(argument))) return null;
    if (!kind)
      return {
        ...derived({ ...UNKNOWN, reads: [origin] }, ...args.map((arg) => deep(frame, arg))),
        key: null,
      };
    if (kind === "save") saveRow(frame, place, site, site);
    else if (kind === "delete")
      writePlace(frame, origin.place, {
        verb: "delete",
        reads: [],
        site,
        chain: [],
        isIdempotent: true,
      });
    else {
      const data = node.arguments[0];
      if (data && data.type === "ObjectExpression") {
        for (const property of data.properties)
          if (property.type === "Property")
            writeField(frame, origin.place, propertyName(property), property.value, site);
      } else
        writePlace(frame, origin.place, {
          verb: "assign",
          reads: used(frame, mergeReads(...args.map((arg) => deepReads(frame, arg)))),
          site,
          chain: [],
        });
    }
    return UNKNOWN;
  }
  return null;
}

function rowOperation(
  modelled: string | undefined,
  name: string,
  argumentCount: number,
): "save" | "update" | "delete" | null {
  if (modelled === "delete" || modelled === "save") return modelled;
  if (modelled === "write") return "update";
  if (modelled !== undefined) return null;
  const generic = operationOfName(name);
  if (generic.noun !== "") return null;
  if (name === "save") return "save";
  if (generic.kind === "delete") return "delete";
  return generic.kind === "write" && name === "update" && argumentCount > 0 ? "update" : null;
}
