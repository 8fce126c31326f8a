import { Foundation } from './0001-foundation.ts';
import { Ledger } from './0002-ledger.ts';
import { Currencies } from './0003-currencies.ts';
import { TransactionImports } from './0004-transaction-imports.ts';
import { TradeJournal } from './0005-trade-journal.ts';
import { Targets } from './0005-trade-targets.ts';
import { Checks } from './0006-checks.ts';
import { Revisions } from './0006-revisions.ts';
import { Tags } from './0006-tags.ts';
import { Access } from './0007-access.ts';
import { Operations } from './0009-operations.ts';
import { Alerts } from './0010-alerts.ts';
import { AlertOwner } from './0011-alert-owner.ts';
import { PriceFeeds } from './0011-price-feeds.ts';
import { ImportOfFills } from './0012-import-of-fills.ts';
import { BarVersions } from './0013-bar-versions.ts';
import { LoginMethods } from './0015-login-methods.ts';
import { Accounts } from './0016-accounts.ts';
import { TargetLots } from './0017-target-lots.ts';
import { PriceFeedSpan } from './0018-price-feed-span.ts';

/** All migrations, in the order in which they are made. */
export const MIGRATIONS = [
  { name: '0001-foundation', class: Foundation },
  { name: '0002-ledger', class: Ledger },
  { name: '0003-currencies', class: Currencies },
  { name: '0004-transaction-imports', class: TransactionImports },
  { name: '0005-trade-journal', class: TradeJournal },
  { name: '0005-trade-targets', class: Targets },
  { name: '0006-checks', class: Checks },
  { name: '0006-revisions', class: Revisions },
  { name: '0006-tags', class: Tags },
  { name: '0007-access', class: Access },
  { name: '0009-operations', class: Operations },
  { name: '0010-alerts', class: Alerts },
  { name: '0011-price-feeds', class: PriceFeeds },
  { name: '0012-import-of-fills', class: ImportOfFills },
  { name: '0011-alert-owner', class: AlertOwner },
  { name: '0016-accounts', class: Accounts },
  { name: '0017-target-lots', class: TargetLots },
  { name: '0018-price-feed-span', class: PriceFeedSpan },
  { name: '0015-login-methods', class: LoginMethods },
  { name: '0013-bar-versions', class: BarVersions },
];
