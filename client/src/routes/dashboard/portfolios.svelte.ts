import {
  DashboardPortfoliosDocument,
  type DashboardPortfoliosQuery,
} from '#lib/graphql/generated/graphql.ts';
import { readPages } from '#lib/graphql/pages.ts';
import { request } from '#lib/graphql/request.ts';

type Portfolio = DashboardPortfoliosQuery['portfolios']['nodes'][number];

/** All portfolios, shared by the tabs; `chosen` is the one they show. */
class Portfolios {
  all = $state.raw<readonly Portfolio[] | null>(null);
  problem = $state('');
  chosenId = $state<string | null>(null);
  chosen = $derived(this.all?.find(({ id }) => id === this.chosenId) ?? this.all?.[0] ?? null);
  /** Whether the one they show is to be changed, not only seen. */
  mayEdit = $derived(this.chosen !== null && this.chosen.role !== 'VIEWER');
  /** Rises when the content of a portfolio has changed, so that open pages read it anew. */
  revision = $state(0);

  async load(): Promise<void> {
    try {
      const ask = async (first: number, after: string | null) =>
        (await request(DashboardPortfoliosDocument, { first, after })).portfolios;
      this.all = (await readPages(ask, Infinity)).nodes;
      this.problem = '';
    } catch (problem) {
      this.problem = (problem as Error).message;
    }
  }
}

export const portfolios = new Portfolios();
