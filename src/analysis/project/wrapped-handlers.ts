import type { FrameworkModel, WrapperModel } from "../../models/model.ts";
import { dottedName } from "../syntax/ast.ts";
import type { SourceFile } from "../syntax/source-file.ts";
import { handlersOf } from "./handlers.ts";
import { wrapperOf } from "./match-export.ts";
import type { Shapes } from "./shapes.ts";
import type { OutsideHandler } from "./typed-handlers.ts";

/** The functions that a file gives to the wrappers of its project: handlers, whoever they are registered with. */
export function handlersOfWrappers(file: SourceFile, shapes: Shapes): OutsideHandler[] {
  if (shapes.models.wrappers.length === 0) return [];
  return file.calls.flatMap((call) =>
    shapes.of(call.callee, file).flatMap((callee): OutsideHandler[] => {
      const wrapper = callee.kind === "external" ? wrapperOf(callee, shapes.models) : null;
      if (callee.kind !== "external" || !wrapper) return [];
      const site = { file, node: call };
      const name = dottedName(call.callee);
      return handlersOf(call, wrapper, file, shapes).map((fn) => ({
        model: frameworkOf(wrapper),
        fn: { ...fn, wrappers: [...(fn.wrappers ?? []), { callee, site }] },
        site,
        name,
      }));
    }),
  );
}

/** What the name of a wrapper stands for where nothing else is known of who calls its handlers. */
function frameworkOf({ packages, exports, concurrency, source }: WrapperModel): FrameworkModel {
  const id = [...packages, ...exports].join(" ");
  return { id, packages, dispatchers: [], ...(concurrency ? { concurrency } : {}), source };
}
