#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""usage: wire.py DEVICE DEVICE LOSS-PERCENT DELAY-MS

A long bad wire between two TAP devices, which it makes: every frame from the second to the first
arrives that much later, or not at all; the other way it is a good wire. A line `rate N` on stdin makes
it a narrow one, N bit/s each way with a queue of 300 ms (`rate N SECONDS`: of another length),
`rate 0` a wide one again; `count` tells how many
bytes came to it from the first, and how many of these found the queue full. `tc qdisc add dev DEVICE root
netem loss … delay …` does the same at one end where the kernel has it, which many small ones have
not. Says
`ready` when the devices are there; they may be moved to other namespaces."""

import fcntl
import heapq
import itertools
import os
import random
import select
import struct
import sys
import time

TUNSETIFF = 0x400454CA
IFF_TAP = 0x0002
IFF_NO_PI = 0x1000
MTU = 2048
QUEUE = 0.3  # s

numbers = itertools.count()


def make_tap(name):
    tap = os.open('/dev/net/tun', os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(tap, TUNSETIFF, struct.pack('16sH22x', name.encode(), IFF_TAP | IFF_NO_PI))
    return tap


class Way:
    """One direction."""

    def __init__(self, loss, delay):
        self.loss = loss
        self.delay = delay
        self.rate = 0  # bit/s; 0: no limit
        self.queue = QUEUE
        self.free = 0  # when all that waits has left
        self.came = self.lost = 0  # bytes

    def due(self, size):
        """When a frame that comes now has arrived; None: never, the queue is full."""
        now = time.monotonic()
        self.came += size
        if not self.rate:
            return now + self.delay
        start = max(now, self.free)
        if start - now > self.queue:
            self.lost += size
            return None
        self.free = start + size * 8 / self.rate
        return self.free + self.delay


def take(tap, other, way, waiting, dice):
    while True:
        try:
            frame = os.read(tap, MTU)
        except OSError:  # nothing more, or the device is down
            return
        if dice.random() * 100 >= way.loss:
            due = way.due(len(frame))
            if due is not None:
                heapq.heappush(waiting, (due, next(numbers), other, frame))


def give(waiting):
    while waiting and waiting[0][0] <= time.monotonic():
        _, _, tap, frame = heapq.heappop(waiting)
        try:
            os.write(tap, frame)
        except OSError:  # the device is down
            pass


def main():
    one, other = make_tap(sys.argv[1]), make_tap(sys.argv[2])
    there, back = Way(0, 0), Way(float(sys.argv[3]), float(sys.argv[4]) / 1000)
    commands = [sys.stdin]
    waiting = []
    dice = random.Random(1)
    print('ready', flush=True)
    while True:
        due = max(0, waiting[0][0] - time.monotonic()) if waiting else 1
        ready, _, _ = select.select([one, other, *commands], [], [], due)
        for tap in ready:
            if tap == other:
                take(other, one, back, waiting, dice)
            elif tap == one:
                take(one, other, there, waiting, dice)
            else:
                words = sys.stdin.readline().split()
                if not words:
                    commands = []
                elif words[0] == 'count':
                    print(there.came, there.lost, flush=True)
                else:
                    there.rate = back.rate = float(words[1])
                    there.queue = back.queue = float(words[2]) if len(words) > 2 else QUEUE
        give(waiting)


if __name__ == '__main__':
    main()
