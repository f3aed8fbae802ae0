import type { Activation } from "../checks/activation.ts";
import { canonical } from "../checks/shared-terms.ts";
import { meets, type Place } from "../flow/place.ts";
import type { ReadEvent, Summary, WriteEvent } from "../flow/summary.ts";
import type { ActivationRoot } from "../project/roots.ts";

/** Which state of a project is shared between activations, and changes while they run. */
export class SharedState {
  readonly #writes: readonly WriteEvent[];
  /** Whether some activation changes a place that is read as a whole or as a receiver. */
  readonly #changed = new Map<string, boolean>();

  constructor(activations: readonly Activation[]) {
    this.#writes = activations.flatMap(({ writes }) => writes);
  }

  /**
   * The place as others name it; null for what belongs to one activation. Without a root it is not known whose
   * the parameters are: they are the caller's, who may share them.
   */
  placeFor(place: Place, root: ActivationRoot | null): Place | null {
    if (root) return canonical(place, root);
    return place.root.kind === "local" ? null : place;
  }

  /**
   * Whether what is read can change between two activations. Stores are changed by other programs as well;
   * anything else only by this one: by its activations, or by the function itself (`own`).
   */
  changes(read: ReadEvent, place: Place, own: Summary): boolean {
    if (place.root.kind === "store") return true;
    const isReceiver = isReceiverOf(read);
    const isChangedBy = (write: WriteEvent): boolean =>
      meets(write.place, place) &&
      // `counts.set(...)` looks up the variable `counts`, which nobody changes; its entries are another place.
      (!isReceiver || write.place.path.length <= place.path.length);
    const id = `${place.id}|${String(isReceiver)}`;
    let isChanged = this.#changed.get(id);
    if (isChanged === undefined)
      this.#changed.set(id, (isChanged = this.#writes.some(isChangedBy)));
    return isChanged || own.events.some((event) => event.kind === "write" && isChangedBy(event));
  }
}

function isReceiverOf({ site }: ReadEvent): boolean {
  const parent = site.file.parentOf(site.node);
  return parent?.type === "MemberExpression" && parent.object === site.node;
}
