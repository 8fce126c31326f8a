import { Decimal } from '../platform/decimal.ts';
import { invalid } from '../platform/graphql/errors.ts';

/** When instruments trade: sessions of New York, always, or unknown. */
export const CALENDARS: readonly string[] = ['XNYS', '24x7', 'NONE'];

const NAME_CHARACTERS_MAXIMUM = 200;
const EXCHANGE_CHARACTERS_MAXIMUM = 60;
const SHOWN_CHARACTERS = 80;

/** What somebody says of an instrument, beside its symbol and number. */
export interface InstrumentFields {
  readonly name?: string | null;
  readonly exchange?: string | null;
  readonly calendar?: string | null;
  readonly tickSize?: string | null;
  readonly lotSize?: string | null;
}

/** Refuses what no instrument has, with the place of the field in the input; what is left out is not looked at. */
export function checkInstrument(fields: InstrumentFields, ...path: string[]): void {
  const refuse = (field: keyof InstrumentFields, expected: string) => {
    const shown = JSON.stringify(fields[field]!.slice(0, SHOWN_CHARACTERS));
    return invalid(`expected ${expected}, was ${shown}`, ...path, field);
  };
  const { name, exchange, calendar, tickSize, lotSize } = fields;
  if (isGiven(name) && (name.trim() === '' || name.length > NAME_CHARACTERS_MAXIMUM))
    throw refuse('name', `a name of 1 to ${NAME_CHARACTERS_MAXIMUM} characters`);
  if (isGiven(exchange) && exchange.length > EXCHANGE_CHARACTERS_MAXIMUM)
    throw refuse('exchange', `an exchange of at most ${EXCHANGE_CHARACTERS_MAXIMUM} characters`);
  if (isGiven(calendar) && !CALENDARS.includes(calendar))
    throw refuse('calendar', `a calendar of ${CALENDARS.join(', ')}`);
  if (isGiven(tickSize) && !new Decimal(tickSize).greaterThan(0)) throw refuse('tickSize', 'a step above 0');
  if (isGiven(lotSize) && new Decimal(lotSize).isNegative()) throw refuse('lotSize', 'a lot of 0 or more');
}

function isGiven(value: string | null | undefined): value is string {
  return value !== undefined && value !== null;
}
