import { GraphQLError, GraphQLScalarType, Kind } from 'graphql';

const SHOWN_CHARACTERS = 80;

/** What came in, or its beginning where it is long. */
function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}…` : text;
}

function textScalar(
  name: string,
  description: string,
  isValid: (text: string) => boolean,
  expected: string,
): GraphQLScalarType<string, string> {
  const check = (value: unknown): string => {
    if (typeof value === 'string' && isValid(value)) return value;
    throw new GraphQLError(`expected ${expected}, was ${shown(value)}`);
  };
  return new GraphQLScalarType({
    name,
    description,
    serialize: (value) => String(value),
    parseValue: check,
    parseLiteral: (node) => check(node.kind === Kind.STRING ? node.value : undefined),
  });
}

/** An exact decimal number as a string. */
export const DecimalScalar = textScalar(
  'Decimal',
  'An exact decimal number as a string, up to 20 digits before and 18 after the point, e.g. "1234.50".',
  (text) => /^-?\d{1,20}(\.\d{1,18})?$/.test(text),
  'a decimal number such as "12.50"',
);

/** A currency or crypto code. */
export const CurrencyScalar = textScalar(
  'Currency',
  'A currency by its ISO 4217 code, or a crypto currency by its usual code, e.g. "USD" or "BTC".',
  (text) => /^[A-Z][A-Z0-9]{1,9}$/.test(text),
  'a currency code such as "USD"',
);

/** A column of doubles. */
export const Float64ArrayScalar = new GraphQLScalarType<Float64Array, string>({
  name: 'Float64Array',
  description:
    'A column of numbers: base64 of little-endian 64-bit floating point values. NaN means missing.',
  serialize: (value) => {
    const column = value as Float64Array;
    return Buffer.from(column.buffer, column.byteOffset, column.byteLength).toString('base64');
  },
  parseValue: () => {
    throw new GraphQLError('expected no Float64Array as an input: it is for results only');
  },
});

/** Beyond these years texts of times, and what databases read in them, are of other forms. */
const FIRST_MS = Date.parse('0001-01-01T00:00:00Z');
const LAST_MS = Date.parse('9999-12-31T23:59:59.999Z');

/** A point in time. */
export const DateTimeScalar = new GraphQLScalarType<Date, string>({
  name: 'DateTime',
  description:
    'A point in time in UTC by ISO 8601, of the years 1 to 9999, e.g. "2024-05-31T20:00:00.000Z". A date alone means its midnight UTC.',
  serialize: (value) => (value instanceof Date ? value : new Date(value as number | string)).toISOString(),
  parseValue: parseDateTime,
  parseLiteral: (node) => parseDateTime(node.kind === Kind.STRING ? node.value : undefined),
});

function parseDateTime(value: unknown): Date {
  const isShaped =
    typeof value === 'string' &&
    /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2}))?$/.test(value);
  const date = new Date(isShaped ? value : NaN);
  const isRealDay =
    !Number.isNaN(date.getTime()) &&
    new Date(`${String(value).slice(0, 10)}T00:00:00Z`).toISOString().startsWith(String(value).slice(0, 10));
  if (isRealDay && date.getTime() >= FIRST_MS && date.getTime() <= LAST_MS) return date;
  throw new GraphQLError(
    `expected a date or a time of the years 1 to 9999 such as "2024-05-31" or "2024-05-31T20:00:00Z", was ${shown(value)}`,
  );
}
