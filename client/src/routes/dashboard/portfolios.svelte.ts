import { DashboardPortfolioDocument, type PortfolioChoiceFragment } from '#lib/graphql/generated/graphql.ts';
import { request } from '#lib/graphql/request.ts';

/** The portfolio that the tabs share. */
class Portfolios {
  /** null before the first answer, and where there is none. */
  chosen = $state.raw<PortfolioChoiceFragment | null>(null);
  /** Whether it is known which there is. */
  isRead = $state(false);
  problem = $state('');
  /** Whether the one they show is to be changed, not only seen. */
  mayEdit = $derived(this.chosen !== null && this.chosen.role !== 'VIEWER');
  /** Rises when the content of a portfolio has changed, so that open pages read it anew. */
  revision = $state(0);
  private question = 0;

  /** Reads one by its id, as it is now; where there is none such, the oldest. */
  async load(id = this.chosen?.id): Promise<void> {
    const own = (this.question += 1);
    try {
      const asked = { id: id ?? '', isNamed: id !== undefined };
      const { portfolio, portfolios } = await request(DashboardPortfolioDocument, asked);
      if (own !== this.question) return;
      this.chosen = portfolio ?? portfolios.nodes[0] ?? null;
      [this.isRead, this.problem] = [true, ''];
    } catch (problem) {
      if (own === this.question) this.problem = (problem as Error).message;
    }
  }

  /** Shows another one. */
  choose(portfolio: PortfolioChoiceFragment): void {
    this.question += 1;
    this.chosen = portfolio;
  }
}

export const portfolios = new Portfolios();
