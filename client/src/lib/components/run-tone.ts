/** How a run's status looks. */
export function runTone(status: string): 'good' | 'bad' | 'busy' | 'neutral' {
  if (status === 'SUCCEEDED') return 'good';
  if (status === 'FAILED') return 'bad';
  return status === 'RUNNING' || status === 'QUEUED' ? 'busy' : 'neutral';
}
