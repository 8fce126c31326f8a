import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp, newKey, type TestApp } from '../../test/create-test-app.ts';
import { ledgerLines, newPortfolio } from '../../test/transaction-imports.ts';
import { readArguments, UsageError } from './import-arguments.ts';
import { runImport } from './import-command.ts';
import { remoteTarget } from './import-target.ts';

const VANGUARD = `Date,Details,Amount,Balance
08/03/2022,Regular Deposit,1000,1000
09/03/2022,Bought 10 Foo ETF (FOO),-200,800
10/03/2022,Account fee charged,-5,795
`;
const OTHER = `Tag;Was;Papier;Anzahl;Betrag
02.01.2024;Einzahlung;;;1.000,00
03.01.2024;Erwerb;FOO;2;-202,00
`;

describe('imports from a terminal', () => {
  let app: TestApp;
  const folder = mkdtempSync(join(tmpdir(), 'ai-trading-cli-'));
  beforeAll(async () => {
    app = await createTestApp();
    writeFileSync(join(folder, 'cash.csv'), VANGUARD);
    writeFileSync(join(folder, 'bar.csv'), VANGUARD.replaceAll('FOO', 'BAR'));
    writeFileSync(join(folder, 'other.csv'), OTHER);
  });
  afterAll(async () => {
    await app.stop();
    rmSync(folder, { recursive: true });
  });

  async function run(...args: string[]): Promise<{ code: number; text: string }> {
    let text = '';
    const write = (part: string) => void (text += part);
    const code = await runImport(readArguments(args, folder), remoteTarget(app.urls.api, null), {
      write,
      isInteractive: false,
      newKey,
    });
    return { code, text };
  }

  it('checks a file, says what is open, imports it and takes it back', async () => {
    const id = await newPortfolio(app, 'Terminal', 'GBP');
    const command = ['transactions', 'cash.csv', '--portfolio', 'Terminal'];
    // when it is only checked
    expect(await run(...command, '--dry-run')).toEqual({
      code: 1,
      text: `[##############################] 100%  3 lines
Vanguard UK cash transactions, 3 rows: 2 new, 1 of an instrument that is not known.
  line 3: expected an instrument of the ledger: choose one or make it
Instruments that are not known:
  symbol FOO, Foo ETF: 1 rows
Say what each is by --instrument "symbol FOO=SYMBOL", leave it out by --instrument "symbol FOO=", or make all by --create-missing.
Nothing was stored: this was a check.
`,
    });
    // when an instrument stays open
    const refused = await run(...command);
    expect(refused.code).toBe(1);
    expect(refused.text).toContain('1 of 3 lines cannot be used, so nothing was imported.');
    expect(await ledgerLines(app, id)).toEqual([]);
    // when it is made
    const imported = await run(...command, '--create-missing');
    expect(imported.code).toBe(0);
    expect(imported.text).toContain(
      '3 rows: 3 new.\n3 of 3 running balances agree with the account.\n3 transactions were stored.\n',
    );
    expect(await ledgerLines(app, id)).toHaveLength(3);
    // when it is taken back
    const runId = /undo (run_\S+)/.exec(imported.text)![1];
    expect(await run('undo', runId)).toEqual({
      code: 0,
      text: 'Took back 3 transactions from Terminal.\nThey stay in the ledger as voided, with the instruments and accounts that the import made.\n',
    });
    expect(await ledgerLines(app, id)).toEqual([]);
    await expect(run('undo', runId)).rejects.toThrow(/^expected an import that counts, was undone on/);
  });

  it('skips rows that cannot be used, and leaves instruments out, when told', async () => {
    const id = await newPortfolio(app, 'Skipping', 'GBP');
    const command = ['transactions', 'bar.csv', '--portfolio', 'Skipping'];
    const skipped = await run(...command, '--skip-invalid');
    expect(skipped.code).toBe(0);
    expect(await ledgerLines(app, id)).toEqual(['2022-03-08 DEPOSIT 1000 GBP', '2022-03-10 FEE -5 GBP']);
    const left = await run(...command, '--instrument', 'symbol BAR=');
    expect(left.text).toContain('3 rows: 2 there already, 1 without effect.');
  });

  it('reads columns as they are told, and as they were before', async () => {
    const id = await newPortfolio(app, 'Columns', 'EUR');
    const command = ['transactions', 'other.csv', '--portfolio', 'Columns', '--create-missing'];
    const told = ['date=Tag', 'kind=Was', 'symbol=Papier', 'amount=Betrag'].flatMap((pair) => [
      '--column',
      pair,
    ]);
    const unknown = await run(...command, ...told, '--decimals', 'comma', '--dry-run');
    expect(unknown.code).toBe(1);
    expect(unknown.text).toContain(
      'line 3: expected a word for what the row is, such as buy or dividend, was Erwerb',
    );
    const imported = await run(...command, ...told, '--decimals', 'comma', '--kind', 'Erwerb=BUY');
    expect(imported.text).toContain('2 transactions were stored.');
    expect(await ledgerLines(app, id)).toEqual([
      '2024-01-02 DEPOSIT 1000 EUR',
      '2024-01-03 BUY FOO-EUR 2 -202 EUR',
    ]);
    const again = await run(...command);
    expect(again.text).toContain('columns as before: ');
    expect(again.text).toContain('2 rows: 2 there already.');
  });

  it.each([
    [[], 'expected bars, transactions, undo or formats, was nothing'],
    [['transactions'], 'expected a file, was nothing'],
    [
      ['transactions', 'none.csv', '--portfolio', 'X'],
      `expected an existing file, was ${join(folder, 'none.csv')}`,
    ],
    [['transactions', 'cash.csv'], 'expected --portfolio with transactions, was nothing'],
    [['bars', 'cash.csv'], 'expected --symbol with bars, was nothing'],
    [['undo'], 'expected the id of an import, was nothing'],
  ])('refuses %j as a wrong call', (args, message) => {
    expect(() => readArguments(args, folder)).toThrow(new UsageError(message));
  });

  it('names what is not there', async () => {
    const { portfolios } = await app.query('{ portfolios(first: 100) { nodes { name } } }');
    const names = portfolios.nodes.map(({ name }: { name: string }) => name).join(', ');
    await expect(run('transactions', 'cash.csv', '--portfolio', 'Nobody')).rejects.toThrow(
      `expected the name of a portfolio (${names}), was Nobody`,
    );
    await newPortfolio(app, 'There');
    const command = ['transactions', 'cash.csv', '--portfolio', 'There'];
    await expect(run(...command, '--account', 'Other')).rejects.toThrow(
      'expected the name of an account (Main account), was Other',
    );
    await expect(run(...command, '--format', 'none')).rejects.toThrow('none');
    await expect(run(...command, '--column', 'date=Nope')).rejects.toThrow(
      'expected a column of the file (Date, Details, Amount, Balance), was Nope',
    );
    await expect(run('undo', 'run_none')).rejects.toThrow('expected the id of an import of transactions');
  });

  it('lists the formats', async () => {
    const { code, text } = await run('formats');
    expect(code).toBe(0);
    expect(text).toContain('vanguard-uk                  Vanguard UK cash transactions\n');
  });
});
