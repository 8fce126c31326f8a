/** An answer for `{#await}` that stays on the page until a newer one has come, so that nothing blinks. */
export class Latest<Answer> {
  promise = $state.raw<Promise<Answer>>(new Promise(() => undefined));
  private question = 0;

  /** Shows this answer once it is there, unless something newer was asked meanwhile. */
  ask(answer: Promise<Answer>): void {
    const own = (this.question += 1);
    const show = () => {
      if (own === this.question) this.promise = answer;
    };
    answer.then(show, show);
  }
}
