import { registerEnumType } from 'type-graphql';

/** Makes an enum of the schema; `values` says of each name what it means, in its description. */
export function enumOf<Name extends string>(
  name: string,
  description: string,
  values: Readonly<Record<Name, string>>,
): { readonly [Key in Name]: Key } {
  const names = Object.keys(values) as Name[];
  const made = Object.fromEntries(names.map((one) => [one, one])) as { readonly [Key in Name]: Key };
  const told = names.map((one) => [one, { description: values[one] }]);
  registerEnumType(made, {
    name,
    description,
    valuesConfig: Object.fromEntries(told) as Record<Name, { description: string }>,
  });
  return made;
}
