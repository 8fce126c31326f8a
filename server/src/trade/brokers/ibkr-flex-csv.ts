import { type BrokerFormat, locale, withColumns } from './broker-format.ts';
import { type BrokerRow, readEach } from './broker-table.ts';
import { cancellations, FLEX_TIME_ZONE, type FlexRecord, readCash, readTrade } from './ibkr-flex.ts';

/** Names of the CSV form that are not the XML form's name with a capital letter. */
const NAMES: Readonly<Record<string, string>> = {
  buySell: 'Buy/Sell',
  currency: 'CurrencyPrimary',
  isin: 'ISIN',
  ibCommission: 'IBCommission',
  ibCommissionCurrency: 'IBCommissionCurrency',
  accountId: 'ClientAccountID',
  assetCategory: 'AssetClass',
};

/** Trades of an Interactive Brokers Flex query as CSV. */
export const ibkrFlexTrades: BrokerFormat = {
  id: 'ibkr-flex-trades',
  name: 'Interactive Brokers Flex query, trades',
  recognise: withColumns('Buy/Sell', 'CurrencyPrimary', 'Quantity', 'TradePrice'),
  locale: locale('.', FLEX_TIME_ZONE, false),
  read({ rows }) {
    const records = rows.map(recordOf);
    const others = cancellations(records);
    const timeZone = rows[0]?.timeZone ?? FLEX_TIME_ZONE;
    return readEach(records, (record) => others.get(record) ?? readTrade(record, timeZone));
  },
};

/** Cash transactions of an Interactive Brokers Flex query as CSV. */
export const ibkrFlexCash: BrokerFormat = {
  id: 'ibkr-flex-cash',
  name: 'Interactive Brokers Flex query, cash transactions',
  recognise: withColumns('Type', 'CurrencyPrimary', 'Amount', 'Description'),
  locale: locale('.', FLEX_TIME_ZONE, false),
  read: ({ rows }) => readEach(rows.map(recordOf), readCash),
};

function recordOf(row: BrokerRow): FlexRecord {
  return {
    line: row.line,
    field: (name) => row.text(NAMES[name] ?? name.charAt(0).toUpperCase() + name.slice(1)),
  };
}
