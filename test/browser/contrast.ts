/**
 * Texts of the page whose contrast is below what WCAG 2.2 asks (1.4.3: 4.5, or 3 for large text), as
 * `ratio text`. Runs in the browser: it may use nothing from outside of itself.
 */
export function lowContrasts(): string[] {
  type Color = readonly [number, number, number, number];
  const context = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  if (!context) throw new Error("no canvas");
  const colorOf = (css: string): Color => {
    context.clearRect(0, 0, 1, 1);
    context.fillStyle = css;
    context.fillRect(0, 0, 1, 1);
    const [red = 0, green = 0, blue = 0, alpha = 0] = context.getImageData(0, 0, 1, 1).data;
    return [red, green, blue, alpha / 255];
  };
  const luminance = ([red, green, blue]: Color): number => {
    const linear = (channel: number): number => {
      const value = channel / 255;
      return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
    };
    return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
  };
  const ratio = (a: Color, b: Color): number => {
    const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x);
    return ((light ?? 0) + 0.05) / ((dark ?? 0) + 0.05);
  };
  const backgroundOf = (element: Element): Color => {
    const box = element.closest("g")?.querySelector("rect") ?? null;
    const over =
      box ??
      (element.matches("svg .full") ? element.closest("svg")?.querySelector(".beyond") : null);
    if (over) return colorOf(getComputedStyle(over).fill);
    for (let at: Element | null = element; at; at = at.parentElement) {
      const color = colorOf(getComputedStyle(at).backgroundColor);
      if (color[3] === 1) return color;
    }
    return [255, 255, 255, 1];
  };
  const low: string[] = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.parentElement;
    const text = node.textContent?.trim() ?? "";
    if (!element || text === "" || !element.checkVisibility()) continue;
    const style = getComputedStyle(element);
    const isSvg = element.closest("svg") !== null;
    const size = Number.parseFloat(style.fontSize);
    const isLarge = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    const found = ratio(colorOf(isSvg ? style.fill : style.color), backgroundOf(element));
    if (found < (isLarge ? 3 : 4.5)) low.push(`${found.toFixed(2)} ${text}`);
  }
  return low;
}
