import { Field, Float, InputType, Int, ObjectType } from 'type-graphql';
import { UserError } from '../platform/graphql/errors.ts';

@ObjectType('ModelNormalisation', {
  description: 'How features are scaled before a model sees them: (value - mean) / deviation.',
})
export class ModelNormalisation {
  @Field(() => [Float], { description: 'One for each input.' })
  mean!: number[];

  @Field(() => [Float], { description: 'One for each input, above 0.' })
  deviation!: number[];
}

@ObjectType('ModelContract', {
  description: 'What a model is given and what of its answer is taken, from the file beside it.',
})
export class ModelContractType {
  @Field(() => String, { description: 'What it does, in the words of who made it.' })
  description!: string;

  @Field(() => [String], { description: 'Its features, as expressions of the strategy language.' })
  inputs!: string[];

  @Field(() => Int, { description: 'How many bars of every feature it sees, up to the bar it answers for.' })
  window!: number;

  @Field(() => ModelNormalisation, {
    nullable: true,
    description: 'How features are scaled; null where they are not.',
  })
  normalisation!: ModelNormalisation | null;

  @Field(() => Int, { description: 'Which of the outputs of a bar is read, from 0.' })
  outputIndex!: number;
}

@ObjectType('Model', { description: 'An ONNX model that strategies can ask by model("name").' })
export class Model {
  @Field(() => String, { description: 'The name strategies ask it by: its file without the ending.' })
  name!: string;

  @Field(() => String, {
    description: 'SHA-256 of its file and its contract, part of the hash of every result.',
  })
  contentHash!: string;

  @Field(() => Float, { description: 'The size of its file in bytes.' })
  bytes!: number;

  @Field(() => ModelContractType, {
    nullable: true,
    description: 'What it is given and what is taken; null where that cannot be read.',
  })
  contract!: ModelContractType | null;

  @Field(() => Int, { description: 'Bars before its first value.' })
  warmUpBars!: number;

  @Field(() => String, {
    nullable: true,
    description: 'The tensor it takes, such as "x: float32[rows, 4]"; null where it cannot be opened.',
  })
  inputShape!: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'The tensor that is read; null where it cannot be opened.',
  })
  outputShape!: string | null;

  @Field(() => String, { nullable: true, description: 'What runs it: "cuda" or "cpu".' })
  provider!: string | null;

  @Field(() => String, { nullable: true, description: 'Why it is run by this.' })
  providerReason!: string | null;

  @Field(() => String, { nullable: true, description: 'Why it cannot be used; null where it can.' })
  problem!: string | null;
}

@ObjectType('ModelRuntime', { description: 'What runs models here.' })
export class ModelRuntimeType {
  @Field(() => Boolean, { description: 'Whether models can be run at all.' })
  available!: boolean;

  @Field(() => String, { nullable: true, description: 'The version of ONNX Runtime.' })
  version!: string | null;

  @Field(() => String, { nullable: true, description: 'What it computes by: "cuda" or "cpu".' })
  provider!: string | null;

  @Field(() => String, { description: 'Why by this, or why not at all.' })
  reason!: string;
}

@InputType('AddModelInput', { description: 'A model to add.' })
export class AddModelInput {
  @Field(() => String, {
    description:
      'A new name: 1 to 64 letters, digits, dots, underscores and hyphens, the first a letter or a digit.',
  })
  name!: string;

  @Field(() => String, { description: 'The ONNX file, sent to POST /uploads before; at most 512 MiB.' })
  uploadId!: string;

  @Field(() => String, {
    description:
      'Its contract as JSON: inputs, window, normalisation, input, output, outputIndex, description.',
  })
  contract!: string;
}

@InputType('RemoveModelInput', { description: 'A model to remove.' })
export class RemoveModelInput {
  @Field(() => String, { description: 'Its name.' })
  name!: string;
}

@ObjectType('ModelPayload', { description: 'The model, or why not.' })
export class ModelPayload {
  @Field(() => Model, { nullable: true, description: 'The model that was added.' })
  model?: Model;

  @Field(() => [UserError], { description: 'Why nothing was added; empty when it was.' })
  errors!: UserError[];
}

@ObjectType('RemoveModelPayload', { description: 'What was removed, or why not.' })
export class RemoveModelPayload {
  @Field(() => String, { nullable: true, description: 'The name of the model that was removed.' })
  removedName?: string;

  @Field(() => [UserError], { description: 'Why nothing was removed; empty when it was.' })
  errors!: UserError[];
}
