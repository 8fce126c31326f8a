"""The sweep of two moving averages as a quant would write it by hand with numba: one fused loop a set, nothing materialised.

usage: numba_sweep.py FOLDER COST ROUNDS
Reads open, close, fast and slow as doubles from FOLDER, writes total returns there, prints nanoseconds of this thread's
processor time a bar-evaluation, the median of ROUNDS.
"""
import statistics
import sys
import time

import numba
import numpy


@numba.njit(error_model="numpy")
def sweep(opens, close, sums, fast, slow, cost, total_return, checks):
    at = 0
    for quick in fast:
        for late in slow:
            quick_bars, late_bars = int(quick), int(late)
            per_quick, per_late = 1.0 / quick, 1.0 / late
            equity = peak = worst = 1.0
            returns = squares = 0.0
            trades = 0
            held = False
            difference = before = numpy.nan
            for t in range(late_bars - 1, close.shape[0]):
                change = 1.0
                if held:
                    if difference < 0 and before >= 0:
                        held = False
                        change = opens[t] * (1 - cost) / close[t - 1]
                    else:
                        change = close[t] / close[t - 1]
                elif difference > 0 and before <= 0:
                    held = True
                    trades += 1
                    change = close[t] / (opens[t] * (1 + cost))
                equity *= change
                if equity > peak:
                    peak = equity
                if equity < worst * peak:
                    worst = equity / peak
                returns += change - 1
                squares += (change - 1) * (change - 1)
                before = difference
                difference = (sums[t + 1] - sums[t + 1 - quick_bars]) * per_quick - (
                    sums[t + 1] - sums[t + 1 - late_bars]
                ) * per_late
            total_return[at] = equity - 1
            checks[at] = returns + squares + worst + trades
            at += 1


def main():
    folder, cost, rounds = sys.argv[1], float(sys.argv[2]), int(sys.argv[3])
    opens, close, fast, slow = (numpy.fromfile(f"{folder}/{name}") for name in ("open", "close", "fast", "slow"))
    sets = fast.shape[0] * slow.shape[0]
    total_return, checks = numpy.empty(sets), numpy.empty(sets)

    def run():
        sums = numpy.concatenate([[0.0], numpy.cumsum(close)])
        sweep(opens, close, sums, fast, slow, cost, total_return, checks)

    run()
    times = []
    for _ in range(rounds):
        started = time.thread_time()
        run()
        times.append(time.thread_time() - started)
    total_return.tofile(f"{folder}/totalReturn")
    print(statistics.median(times) * 1e9 / (sets * close.shape[0]))


main()
