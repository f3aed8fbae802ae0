// The types of the rules' options, from their JSON schemas, as the members of @eslint/core's `RulesConfig`.

/** @param {Record<string, any>} schema a JSON schema */
const typeOf = (schema) => {
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(" | ");
  const alternatives = schema.anyOf ?? schema.oneOf;
  if (alternatives) return alternatives.map(typeOf).join(" | ");
  switch (schema.type) {
    case "boolean":
    case "string":
      return schema.type;
    case "integer":
    case "number":
      return "number";
    case "array":
      return `Array<${schema.items ? typeOf(schema.items) : "unknown"}>`;
    case "object":
      return objectType(schema);
    default:
      throw new Error(`no TypeScript type for the schema ${JSON.stringify(schema)}`);
  }
};

const objectType = ({ properties = {}, additionalProperties, required = [] }) => {
  const members = Object.entries(properties).map(([name, schema]) => {
    const description = schema.description ? `/** ${schema.description} */\n` : "";
    const optional = required.includes(name) ? "" : "?";
    return `${description}${JSON.stringify(name)}${optional}: ${typeOf(schema)};`;
  });
  if (typeof additionalProperties === "object") {
    members.push(`[name: string]: ${typeOf(additionalProperties)};`);
  }
  return `{\n${members.join("\n")}\n}`;
};

/**
 * @param {Record<string, import("eslint").Rule.RuleModule>} rules
 * @returns {string} one interface member a rule, sorted by name
 */
export const ruleTypes = (rules) =>
  Object.entries(rules)
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([name, { meta }]) => {
      const options = meta.schema.map(typeOf).join(", ");
      return `/** ${meta.docs.description}. */\n"run-async/${name}"?: RuleConfig<[${options}]>;`;
    })
    .join("\n");
