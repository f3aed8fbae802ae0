/** Packages whose schemas give back what they have checked: `Schema.parse(value)`. */
export const VALIDATORS = new Set(["zod", "zod/v3", "zod/v4", "@sapphire/shapeshift"]);

/** The methods that do so, with the value first. */
export const VALIDATES = new Set(["parse", "parseAsync"]);
