import type { ModelDescription } from '@ai-trading/compute';
import { Arg, Ctx, Mutation, Query, Resolver } from 'type-graphql';
import type { Context } from '../context.ts';
import { Access } from '../platform/graphql/access.ts';
import { payload } from '../platform/graphql/errors.ts';
import {
  AddModelInput,
  Model,
  ModelPayload,
  ModelRuntimeType,
  RemoveModelInput,
  RemoveModelPayload,
} from './model.type.ts';

function toModel({ opened, contract, ...rest }: ModelDescription): Model {
  return {
    ...rest,
    contract: contract as Model['contract'],
    inputShape: opened?.inputShape ?? null,
    outputShape: opened?.outputShape ?? null,
    provider: opened?.provider ?? null,
    providerReason: opened?.reason ?? null,
  };
}

@Resolver(() => Model)
export class ModelResolver {
  @Query(() => [Model], {
    description: 'The models of this installation by name, those that cannot be used too.',
  })
  async models(@Ctx() { services }: Context): Promise<Model[]> {
    return (await services.models.list()).map(toModel);
  }

  @Query(() => ModelRuntimeType, { description: 'What runs models here, and why it is this.' })
  modelRuntime(@Ctx() { services }: Context): Promise<ModelRuntimeType> {
    return services.models.runtime();
  }

  @Access({ who: 'ADMIN' })
  @Mutation(() => ModelPayload, { description: 'Adds an uploaded model, once it fits its contract.' })
  addModel(
    @Ctx() { services }: Context,
    @Arg('input', () => AddModelInput, { description: 'The model.' }) input: AddModelInput,
  ): Promise<ModelPayload> {
    return payload(async () => ({ model: toModel(await services.models.add(input)) }));
  }

  @Access({ who: 'ADMIN' })
  @Mutation(() => RemoveModelPayload, {
    description: 'Removes a model; strategies that ask it cannot run any more.',
  })
  removeModel(
    @Ctx() { services }: Context,
    @Arg('input', () => RemoveModelInput, { description: 'The model.' }) input: RemoveModelInput,
  ): Promise<RemoveModelPayload> {
    return payload(async () => ({ removedName: await services.models.remove(input.name) }));
  }
}
