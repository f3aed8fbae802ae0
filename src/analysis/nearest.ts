/** The name that is closest to what was written, for "did you mean"; `names` has one at least. */
export function nearest(written: string, names: readonly string[]): string {
  const distanceTo = (name: string): number =>
    editDistance(written.toLowerCase(), name.toLowerCase());
  return names.reduce((best, name) => (distanceTo(name) < distanceTo(best) ? name : best));
}

/** Levenshtein's distance, one row at a time. */
function editDistance(a: string, b: string): number {
  let above = Array.from(b, (_letter, index) => index + 1);
  let distance = b.length;
  for (let i = 0; i < a.length; i += 1) {
    let diagonal = i;
    distance = i + 1;
    above = above.map((up, j) => {
      distance = Math.min(up + 1, distance + 1, diagonal + (a[i] === b[j] ? 0 : 1));
      diagonal = up;
      return distance;
    });
  }
  return distance;
}
