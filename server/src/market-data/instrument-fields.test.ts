import { describe, expect, it } from 'vitest';
import { UserProblem } from '../platform/graphql/errors.ts';
import { checkInstrument, type InstrumentFields } from './instrument-fields.ts';

function problemOf(fields: InstrumentFields): unknown {
  try {
    checkInstrument(fields, 'input');
  } catch (problem) {
    return (problem as UserProblem).error;
  }
  return null;
}

describe('what is said of an instrument', () => {
  it.each<InstrumentFields>([
    {},
    { name: null, exchange: null, calendar: null, tickSize: null, lotSize: null },
    { name: 'x'.repeat(200), exchange: '', calendar: '24x7', tickSize: '0.000000000000000001', lotSize: '0' },
  ])('may be %o', (fields) => {
    expect(problemOf(fields)).toBeNull();
  });

  it.each<[keyof InstrumentFields, string, string]>([
    ['name', ' ', 'expected a name of 1 to 200 characters, was " "'],
    ['name', 'x'.repeat(201), `expected a name of 1 to 200 characters, was "${'x'.repeat(80)}"`],
    [
      'exchange',
      'x'.repeat(61),
      `expected an exchange of at most 60 characters, was ${JSON.stringify('x'.repeat(61))}`,
    ],
    ['calendar', '', 'expected a calendar of XNYS, 24x7, NONE, was ""'],
    ['calendar', 'XLON', 'expected a calendar of XNYS, 24x7, NONE, was "XLON"'],
    ['tickSize', '0', 'expected a step above 0, was "0"'],
    ['lotSize', '-1', 'expected a lot of 0 or more, was "-1"'],
  ])('may have no %s of %j', (field, value, message) => {
    expect(problemOf({ [field]: value })).toMatchObject({
      code: 'INVALID',
      message,
      path: ['input', field],
    });
  });
});
