import { type AskPage, type Page, readOn, readPages } from './pages.ts';

/** A list as a page shows it: from its beginning, with more of it on request. Only the newest answer is shown. */
export class Pages<Item> {
  /** What is shown; null before the first answer. */
  shown = $state.raw<Page<Item> | null>(null);
  /** What went wrong with the newest question; empty when nothing did. */
  problem = $state('');
  private question = 0;
  private readonly ask: AskPage<Item>;
  private readonly size: number;

  /** @param size how many are shown at first, and more each time, 1 to 100. */
  constructor(ask: AskPage<Item>, size = 50) {
    this.ask = ask;
    this.size = size;
  }

  /** Shows the beginning, after another filter or order was chosen. */
  begin(): Promise<void> {
    return this.show(readPages(this.ask, this.size));
  }

  /** Reads what is shown anew, as many as there are, after something has changed. */
  refresh(): Promise<void> {
    return this.show(readPages(this.ask, Math.max(this.size, this.shown?.nodes.length ?? 0)));
  }

  /** Shows the next ones too. */
  more(): Promise<void> {
    return this.shown ? this.show(readOn(this.ask, this.shown, this.size)) : this.begin();
  }

  private async show(answer: Promise<Page<Item>>): Promise<void> {
    const own = (this.question += 1);
    try {
      const page = await answer;
      if (own === this.question) [this.shown, this.problem] = [page, ''];
    } catch (error) {
      if (own === this.question) this.problem = (error as Error).message;
    }
  }
}
