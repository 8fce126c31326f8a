import { Field, Float, Int, ObjectType, registerEnumType } from 'type-graphql';
import { DateTimeScalar } from '../platform/graphql/scalars.ts';

export const ComponentState = { UP: 'UP', DEGRADED: 'DEGRADED', DOWN: 'DOWN' } as const;
registerEnumType(ComponentState, {
  name: 'ComponentState',
  description: 'Whether a part works.',
  valuesConfig: {
    UP: { description: 'It answers.' },
    DEGRADED: { description: 'It does not, or not well; the rest works without it.' },
    DOWN: { description: 'It does not, and the rest needs it.' },
  },
});

@ObjectType('ComponentStatus', { description: 'One part of the installation.' })
export class ComponentStatus {
  @Field(() => String, { description: 'Which part.' })
  name!: string;

  @Field(() => String, { description: 'What does it here.' })
  kind!: string;

  @Field(() => ComponentState, { description: 'Whether it works.' })
  state!: keyof typeof ComponentState;

  @Field(() => Float, { nullable: true, description: 'How long it took to answer, in milliseconds.' })
  latencyMs!: number | null;

  @Field(() => String, { description: 'More about it in words.' })
  detail!: string;
}

@ObjectType('BackendStatus', { description: 'A way to compute.' })
export class BackendStatusType {
  @Field(() => String, { description: 'Its name.' })
  name!: string;

  @Field(() => Boolean, { description: 'Whether it can be used here.' })
  available!: boolean;

  @Field(() => String, { description: 'Why, or why not.' })
  reason!: string;
}

@ObjectType('ComputeStatus', { description: 'The compute service.' })
export class ComputeStatus {
  @Field(() => String, { description: 'The version its results depend on.' })
  engineVersion!: string;

  @Field(() => String, { description: 'What it computes on.' })
  device!: string;

  @Field(() => Int, { description: 'How many worker threads it may use.' })
  threads!: number;

  @Field(() => Int, { description: 'How many are at work.' })
  busyThreads!: number;

  @Field(() => Int, { description: 'How many tasks wait.' })
  queuedTasks!: number;

  @Field(() => [BackendStatusType], { description: 'The ways to compute.' })
  backends!: BackendStatusType[];
}

@ObjectType('VersionInfo', { description: 'The version of one library.' })
export class VersionInfo {
  @Field(() => String, { description: 'The library.' })
  name!: string;

  @Field(() => String, { description: 'Its version.' })
  version!: string;
}

@ObjectType('SystemStatus', { description: 'The state of this installation.' })
export class SystemStatus {
  @Field(() => ComponentState, { description: 'The verdict: the worst state of any part.' })
  state!: keyof typeof ComponentState;

  @Field(() => String, { description: 'The version of the product.' })
  version!: string;

  @Field(() => String, { description: '"embedded", or "postgresql" with a database server.' })
  profile!: string;

  @Field(() => DateTimeScalar, { description: 'When the process started.' })
  startedAt!: Date;

  @Field(() => Float, { description: 'How long it has been running, in seconds.' })
  uptimeSeconds!: number;

  @Field(() => String, { description: 'The version of Node.js.' })
  node!: string;

  @Field(() => String, { description: 'Operating system and processor architecture.' })
  platform!: string;

  @Field(() => Float, { description: 'Memory the process holds, in bytes.' })
  memoryBytes!: number;

  @Field(() => String, { description: 'The processor.' })
  cpuModel!: string;

  @Field(() => Int, { description: 'Its logical cores.' })
  cpuCount!: number;

  @Field(() => String, { description: 'Where data lies.' })
  dataDirectory!: string;

  @Field(() => [ComponentStatus], { description: 'Each part.' })
  components!: ComponentStatus[];

  @Field(() => ComputeStatus, { description: 'The compute service.' })
  compute!: ComputeStatus;

  @Field(() => [VersionInfo], { description: 'The libraries in use.' })
  versions!: VersionInfo[];

  @Field(() => Int, { description: 'Runs that wait.' })
  runsQueued!: number;

  @Field(() => Int, { description: 'Runs at work.' })
  runsRunning!: number;

  @Field(() => Int, { description: 'All runs.' })
  runCount!: number;

  @Field(() => Int, { description: 'All instruments.' })
  instrumentCount!: number;

  @Field(() => Float, { description: 'All stored bars.' })
  barCount!: number;

  @Field(() => Int, { description: 'All portfolios.' })
  portfolioCount!: number;

  @Field(() => [String], { description: 'What to know about how it was started.' })
  notices!: string[];
}

@ObjectType('ComponentSummary', { description: 'Whether one part of the installation works.' })
export class ComponentSummary {
  @Field(() => String, { description: 'Which part.' })
  name!: string;

  @Field(() => ComponentState, { description: 'Whether it works.' })
  state!: keyof typeof ComponentState;
}

@ObjectType('SystemSummary', { description: 'What anybody may know of this installation.' })
export class SystemSummary {
  @Field(() => ComponentState, { description: 'The verdict: the worst state of any part.' })
  state!: keyof typeof ComponentState;

  @Field(() => String, { description: 'The version of the product.' })
  version!: string;

  @Field(() => [ComponentSummary], { description: 'Each part.' })
  components!: ComponentSummary[];

  @Field(() => ComputeStatus, { description: 'The compute service.' })
  compute!: ComputeStatus;
}
