import { Arg, Args, Ctx, FieldResolver, ID, Int, Mutation, Query, Resolver, Root } from 'type-graphql';
import type { Context } from '../context.ts';
import { type Connection, pageOf, toConnection } from '../platform/graphql/connection.ts';
import { Access } from '../platform/graphql/access.ts';
import { invalid, notFound, payload, UserProblem } from '../platform/graphql/errors.ts';
import { DateTimeScalar } from '../platform/graphql/scalars.ts';
import { adjusted, barsBetween, downsampleBars } from './bars.ts';
import { ImportBarsInput, ImportPayload, ImportRun, toImportRun } from './import-run.type.ts';
import type { InstrumentRow } from './instrument.entity.ts';
import {
  BarSeriesResult,
  CreateInstrumentInput,
  DataSet,
  DeleteInstrumentInput,
  DeletePayload,
  Instrument,
  InstrumentConnection,
  InstrumentPayload,
  LastPrice,
  PriceAdjustment,
  UpdateInstrumentInput,
  BarSeries,
} from './instrument.type.ts';
import { InstrumentsArgs } from './instruments.args.ts';
import { type Timeframe, TimeframeEnum } from './timeframe.ts';

/** An instrument's API type from its row. */
export function toInstrument(row: InstrumentRow): Instrument {
  return Object.assign(new Instrument(), {
    ...row,
    tickSize: trimDecimal(row.tickSize),
    lotSize: trimDecimal(row.lotSize),
  });
}

/** A stored decimal without the zeros that say nothing. */
export function trimDecimal(value: string): string {
  return value.includes('.') ? value.replace(/\.?0+$/, '') : value;
}

@Resolver(() => Instrument)
export class InstrumentResolver {
  @Query(() => Instrument, { nullable: true, description: 'An instrument by its id or its symbol.' })
  async instrument(
    @Ctx() { services }: Context,
    @Arg('id', () => ID, { nullable: true, description: 'Its id.' }) id?: string,
    @Arg('symbol', () => String, { nullable: true, description: 'Its symbol, in any case.' }) symbol?: string,
  ): Promise<Instrument | null> {
    const row = id
      ? await services.marketData.find(id)
      : symbol
        ? await services.marketData.findBySymbol(symbol)
        : null;
    return row && toInstrument(row);
  }

  @Query(() => InstrumentConnection, {
    description: 'Instruments; real ones first, by symbol, where no order is asked for.',
  })
  async instruments(
    @Ctx() { services }: Context,
    @Args(() => InstrumentsArgs) { first, after, filter, orderBy }: InstrumentsArgs,
  ): Promise<Connection<Instrument>> {
    const { offset, limit } = pageOf(first, after);
    const [rows, total] = await services.marketData.list(filter ?? {}, offset, limit, orderBy);
    return toConnection(rows.map(toInstrument), offset, total);
  }

  @Access({ who: 'ADMIN' })
  @Mutation(() => InstrumentPayload, { description: 'Makes an instrument.' })
  createInstrument(
    @Ctx() { services }: Context,
    @Arg('input', () => CreateInstrumentInput, { description: 'The instrument.' })
    input: CreateInstrumentInput,
  ): Promise<InstrumentPayload> {
    return payload(async () => ({ instrument: toInstrument(await services.marketData.create(input)) }));
  }

  @Access({ who: 'ADMIN' })
  @Mutation(() => InstrumentPayload, { description: 'Changes an instrument.' })
  updateInstrument(
    @Ctx() { services }: Context,
    @Arg('input', () => UpdateInstrumentInput, { description: 'The changes.' }) input: UpdateInstrumentInput,
  ): Promise<InstrumentPayload> {
    return payload(async () => ({ instrument: toInstrument(await services.marketData.update(input)) }));
  }

  @Access({ who: 'ADMIN' })
  @Mutation(() => DeletePayload, {
    description: 'Deletes an instrument with its bars; refused while a portfolio refers to it.',
  })
  deleteInstrument(
    @Ctx() { services }: Context,
    @Arg('input', () => DeleteInstrumentInput, { description: 'The instrument.' })
    input: DeleteInstrumentInput,
  ): Promise<DeletePayload> {
    return payload(async () => ({ deletedId: await services.marketData.delete(input) }));
  }

  @Access({ who: 'ADMIN' })
  @Mutation(() => ImportPayload, { description: 'Imports bars from a CSV file, in the background.' })
  importBars(
    @Ctx() { services }: Context,
    @Arg('input', () => ImportBarsInput, { description: 'The file and what it holds.' })
    input: ImportBarsInput,
  ): Promise<ImportPayload> {
    return payload(async () => ({ run: toImportRun(await services.imports.startBars(input)) }));
  }

  @Query(() => ImportRun, { nullable: true, description: 'An import by its id.' })
  async importRun(
    @Ctx() { services }: Context,
    @Arg('id', () => ID, { description: 'Its id.' }) id: string,
  ): Promise<ImportRun | null> {
    const row = await services.runs.find(id);
    return row?.kind === 'IMPORT' ? toImportRun(row) : null;
  }

  @FieldResolver(() => [DataSet], { description: 'Which bars are stored.' })
  async dataSets(@Ctx() { loaders }: Context, @Root() instrument: Instrument): Promise<DataSet[]> {
    const rows = await loaders.dataSets.load(instrument.id);
    return rows.map((row) => ({
      ...row,
      timeframe: row.timeframe as Timeframe,
      from: new Date(row.fromMs!),
      to: new Date(row.toMs!),
    }));
  }

  @FieldResolver(() => LastPrice, {
    nullable: true,
    description: 'The last stored price; null where there are no bars.',
  })
  async lastPrice(@Ctx() { services }: Context, @Root() instrument: Instrument): Promise<LastPrice | null> {
    return services.marketData.lastPrice(instrument.id);
  }

  @FieldResolver(() => BarSeriesResult, { description: 'The bars as columns.' })
  async bars(
    @Ctx() { services }: Context,
    @Root() instrument: Instrument,
    @Arg('timeframe', () => TimeframeEnum, { defaultValue: 'DAY_1', description: 'How long a bar is.' })
    timeframe: Timeframe,
    @Arg('from', () => DateTimeScalar, { nullable: true, description: 'The earliest close.' })
    from: Date | null,
    @Arg('to', () => DateTimeScalar, { nullable: true, description: 'The latest close.' }) to: Date | null,
    @Arg('adjustment', () => PriceAdjustment, { defaultValue: 'RAW', description: 'Which prices.' })
    adjustment: keyof typeof PriceAdjustment,
    @Arg('maxPoints', () => Int, {
      nullable: true,
      description: 'At most so many bars, 1 to 200,000; more are joined.',
    })
    maxPoints: number | null,
  ): Promise<typeof BarSeriesResult> {
    try {
      if (typeof maxPoints === 'number' && !(maxPoints >= 1 && maxPoints <= 200_000))
        throw invalid(`expected maxPoints from 1 to 200000, was ${maxPoints}`, 'maxPoints');
      const dataSet = await services.marketData.dataSet(instrument.id, timeframe);
      if (!dataSet) throw notFound(`data set of ${instrument.symbol} at`, timeframe, 'timeframe');
      const stored = barsBetween(
        await services.marketData.bars(dataSet),
        from?.getTime() ?? null,
        to?.getTime() ?? null,
      );
      const series = downsampleBars(
        adjustment === 'ADJUSTED' ? adjusted(stored) : stored,
        maxPoints ?? 200_000,
      );
      const [length, sourceLength] = [series.timesMs.length, stored.timesMs.length];
      return Object.assign(new BarSeries(), {
        ...series,
        times: series.timesMs,
        timeframe,
        length,
        sourceLength,
        isDownsampled: length < sourceLength,
      });
    } catch (problem) {
      if (problem instanceof UserProblem)
        return Object.assign(invalid(problem.message, ...(problem.error.path ?? [])).error);
      throw problem;
    }
  }
}
