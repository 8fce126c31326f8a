import { afterAll, beforeAll, describe, expect } from 'vitest';
import { itNeeds } from '../../tools/testing/services.ts';
import { type AccountsApp, createAccountsApp } from './accounts.ts';
import { newKey } from './create-test-app.ts';
import { hasPostgresql, startPostgresql } from './services/postgresql.ts';

const WRITERS = 6;
const profiles = [
  { name: 'the embedded database', isThere: true },
  { name: 'PostgreSQL', isThere: hasPostgresql },
] as const;

describe.each(profiles)('writers at once on $name', ({ name, isThere }) => {
  const it = itNeeds(isThere, 'a PostgreSQL server');
  let app: AccountsApp;
  let end: () => Promise<void> = async () => undefined;

  beforeAll(async () => {
    if (!isThere) return;
    const service = name === 'PostgreSQL' ? await startPostgresql() : null;
    app = await createAccountsApp({
      COST_PER_MINUTE: '0',
      PRICE_PROVIDERS: 'ecb',
      ...(service && { DATABASE_URL: service.url }),
    });
    end = async () => {
      await app.stop();
      await service?.stop();
    };
  }, 60_000);
  afterAll(() => end());

  const write = async (field: string, type: string, input: object, result = '') =>
    (
      await app.admin.query(
        `mutation ($input: ${type}!) { ${field}(input: $input) { ${result} errors { code } } }`,
        {
          input,
        },
      )
    )[field];
  const keyed = (input: object) => ({ idempotencyKey: newKey(), ...input });
  /** What each of several writers at once was told, the successful first. */
  async function race(field: string, type: string, inputOf: (writer: number) => object): Promise<string[]> {
    const answers = await Promise.all(
      Array.from({ length: WRITERS }, (_, writer) => write(field, type, inputOf(writer))),
    );
    return answers.map(({ errors }) => errors[0]?.code ?? '').toSorted();
  }
  const oneOf = (code: string) => ['', ...Array(WRITERS - 1).fill(code)];
  const instrument = async (symbol: string) =>
    (
      await write(
        'createInstrument',
        'CreateInstrumentInput',
        keyed({ symbol, name: symbol, currency: 'USD', assetClass: 'FX' }),
        'instrument { id version }',
      )
    ).instrument;

  it('change a thing by its version once', async () => {
    const { id, version } = await instrument('CHANGED');
    expect(
      await race('updateInstrument', 'UpdateInstrumentInput', (writer) =>
        keyed({ id, expectedVersion: version, name: `Name ${writer}` }),
      ),
    ).toEqual(oneOf('STALE_VERSION'));
    const watched = { name: 'Watch', kind: 'PRICE_ABOVE', symbol: 'CHANGED', threshold: 1 };
    const { rule } = await write(
      'createAlertRule',
      'CreateAlertRuleInput',
      keyed(watched),
      'rule { id version }',
    );
    expect(
      await race('updateAlertRule', 'UpdateAlertRuleInput', (writer) => ({
        id: rule.id,
        expectedVersion: rule.version,
        threshold: writer + 2,
      })),
    ).toEqual(oneOf('STALE_VERSION'));
    expect(
      await race('setPriceFeed', 'SetPriceFeedInput', () =>
        keyed({ instrumentId: id, expectedVersion: 0, sources: ['ecb:EURUSD'] }),
      ),
    ).toEqual(oneOf('STALE_VERSION'));
  });

  it('make a thing of one name once', async () => {
    expect(
      await race('createInstrument', 'CreateInstrumentInput', (writer) =>
        keyed({ symbol: 'MADE', name: `Name ${writer}`, currency: 'USD', assetClass: 'EQUITY' }),
      ),
    ).toEqual(oneOf('DUPLICATE'));
    expect(
      await race('createPortfolio', 'CreatePortfolioInput', () =>
        keyed({ name: 'Made', baseCurrency: 'USD' }),
      ),
    ).toEqual(oneOf('DUPLICATE'));
    expect(
      await race('addUser', 'AddUserInput', (writer) =>
        keyed({ email: 'made@example.org', name: `Name ${writer}` }),
      ),
    ).toEqual(oneOf('DUPLICATE'));
  });

  it('call several things by one name once', async () => {
    const made: any[] = [];
    for (let writer = 0; writer < WRITERS; writer += 1)
      made.push(
        await write(
          'createPortfolio',
          'CreatePortfolioInput',
          keyed({ name: `Named ${writer}`, baseCurrency: 'USD' }),
          'portfolio { id version }',
        ),
      );
    expect(
      await race('updatePortfolio', 'UpdatePortfolioInput', (writer) => {
        const { id, version } = made[writer].portfolio;
        return keyed({ id, expectedVersion: version, name: 'Renamed' });
      }),
    ).toEqual(oneOf('DUPLICATE'));
  });

  it('import bars of one new symbol, all of them', async () => {
    const runs = await Promise.all(
      Array.from({ length: WRITERS }, (_, writer) =>
        write(
          'importBars',
          'ImportBarsInput',
          keyed({ symbol: 'BARS', content: `Date,Close\n2024-01-0${writer + 1},${writer + 1}\n` }),
          'run { id }',
        ),
      ),
    );
    for (const { run } of runs)
      await expect
        .poll(async () => (await app.services.runs.get(run.id)).status, { timeout: 20_000 })
        .toBe('SUCCEEDED');
    const { instrument: found } = await app.admin.query(
      '{ instrument(symbol: "BARS") { dataSets { barCount } } }',
    );
    expect(found.dataSets).toEqual([{ barCount: WRITERS }]);
  }, 30_000);
});
