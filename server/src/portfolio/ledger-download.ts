import type { Context } from '../context.ts';
import type { Download, DownloadRoute } from '../platform/http/downloads.ts';

/** The ledger of a portfolio as CSV and as JSON, each of which can be imported again. */
export const LEDGER_DOWNLOADS: readonly DownloadRoute<Context>[] = (['csv', 'json'] as const).map((form) => ({
  path: `/downloads/portfolios/:id/transactions.${form}`,
  find: ({ services }, { id }) => ledgerDownload(services, id, form),
}));

async function ledgerDownload(
  { portfolios, ledgerExport }: Context['services'],
  id: string,
  form: 'csv' | 'json',
): Promise<Download | null> {
  const portfolio = await portfolios.find(id);
  if (!portfolio) return null;
  const { name, baseCurrency } = portfolio;
  return {
    fileName: `${name} transactions.${form}`,
    mediaType: form === 'csv' ? 'text/csv; charset=utf-8' : 'application/json; charset=utf-8',
    content:
      form === 'csv' ? ledgerExport.csv(id) : ledgerExport.json(id, { portfolio: { name, baseCurrency } }),
  };
}
