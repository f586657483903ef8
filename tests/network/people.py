# SPDX-License-Identifier: LGPL-2.1-or-later
"""Peers of a test as processes, and what they tell."""

import json
import os
import signal
import subprocess
import threading
import time

SLOW = float(os.environ.get('GENOS_TEST_SLOW', '1'))  # factor for a busy machine


class Failure(Exception):
    pass


class Peer:
    def __init__(self, lab, space, url, peer_id, *properties, media=True, camera=None,
                 keep=None):
        words = ['--camera', camera] if camera else [] if media else ['--no-media']
        words += ['--keep', str(keep)] if keep else []
        given = ' '.join(properties)
        if 'stun-server' not in given:
            words.append('stun-server=none')
        env = {**os.environ, 'GST_PLUGIN_PATH': str(lab.build / 'gst')}
        self.id = peer_id
        self.lab = lab
        self.events = []
        self.news = threading.Condition()
        self.ended = False
        self.process = lab.start(
            space, peer_id, str(lab.build / 'tests' / 'network' / 'network-peer'), *words,
            'room=garden', 'password=of eden'.replace(' ', ''), f'relays={url}',
            f'peer-id={peer_id}', *properties, env=env, stdin=subprocess.PIPE,
            stdout=subprocess.PIPE)
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        with open(self.lab.folder / f'{self.lab.name}-{self.id}.json', 'w') as copy:
            for line in self.process.stdout:
                if not line.startswith(b'{'):  # what a library says with its debug log on
                    copy.write(line.decode(errors='replace'))
                    continue
                event = json.loads(line)
                event['at'] = time.monotonic()
                print(json.dumps(event), file=copy, flush=True)
                with self.news:
                    self.events.append(event)
                    self.news.notify_all()
        with self.news:
            self.ended = True
            self.news.notify_all()

    def tell(self, line):
        self.process.stdin.write(f'{line}\n'.encode())
        self.process.stdin.flush()

    def quit(self):
        if self.process.poll() is None:
            self.tell('quit')
            self.process.wait(20)

    def kill(self):
        """As kill -9 does. The process is the namespace's ip(8), which has become the peer."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    # --- what was told

    def list(self, name, since=0, **fields):
        with self.news:
            return [event for event in self.events if event['event'] == name
                    and event['at'] >= since
                    and all(event.get(field) == value for field, value in fields.items())]

    def wait(self, what, condition, seconds):
        """The first true value of the condition, which is asked anew at each event."""
        deadline = time.monotonic() + seconds * SLOW
        with self.news:
            while True:
                value = condition()
                if value:
                    return value
                left = deadline - time.monotonic()
                if left <= 0 or self.ended:
                    break
                self.news.wait(min(left, 1))
        last = ' | '.join(json.dumps(event) for event in self.events[-6:])
        why = 'it ended' if self.ended else f'not within {seconds * SLOW:g} s'
        raise Failure(f'{self.id}: {what}: {why}; last: {last}')

    def wait_for(self, kind, seconds, since=0, **fields):
        words = f'{kind} {fields or ""}'.strip()
        return self.wait(words, lambda: self.list(kind, since, **fields), seconds)[0]

    def path(self):
        paths = self.list('path')
        return paths[-1] if paths else {}

    def buffers(self, since=0):
        """How many arrived since then, from anybody; each stream counts from its own beginning."""
        with self.news:
            told = [event for event in self.events if event['event'] == 'media']
        before = {(e['from'], e['kind']): e['buffers'] for e in told if e['at'] < since}
        after = {(e['from'], e['kind']): e['buffers'] for e in told}
        return sum(n - before.get(who, 0) for who, n in after.items())

    def longest_gap(self, since):
        """In seconds, between two buffers that arrived since then."""
        return max((e['gap-ms'] for e in self.list('media', since)), default=0) / 1000

    def wait_for_media(self, seconds, since=0, buffers=5):
        """How long after `since` that many had come."""
        self.wait(f'{buffers} buffers of media', lambda: self.buffers(since) >= buffers, seconds)
        return time.monotonic() - since

    def wait_for_path(self, seconds=10, **fields):
        def fits():
            path = self.path()
            return all(path.get(name.replace('_', '-')) in
                       (value if isinstance(value, tuple) else (value,))
                       for name, value in fields.items()) and path
        try:
            return self.wait(f'a path {fields}', fits, seconds)
        except Failure as failure:
            raise Failure(f'{failure}; the path: {self.path()}') from None


def talk(one, other, seconds=10):
    """A word each way."""
    for speaker, hearer in ((one, other), (other, one)):
        words = f'hello-{len(speaker.list("said"))}-from-{speaker.id}'
        speaker.tell(f'say {words}')
        hearer.wait_for('channel-message', seconds, text=words, **{'peer-id': speaker.id})


def talk_again(one, other, since, seconds):
    """The same behind an interruption: what was said over a link that is given up is lost with it, so
    a word a second until one arrives."""
    for speaker, hearer in ((one, other), (other, one)):
        words = f'again-from-{speaker.id}'

        def heard():
            return hearer.list('channel-message', since, text=words)
        while not heard():
            if time.monotonic() - since > seconds * SLOW:
                raise Failure(f'{hearer.id} hears nothing of {speaker.id} after {seconds} s')
            speaker.tell(f'say {words}')
            try:
                hearer.wait('a word', heard, 1 / SLOW)
            except Failure:
                pass


def meet(one, other, seconds=25):
    """Linked, media both ways, a word each way."""
    one.wait_for('peer-joined', seconds, **{'peer-id': other.id})
    other.wait_for('peer-joined', seconds, **{'peer-id': one.id})
    one.wait_for_media(seconds)
    other.wait_for_media(seconds)
    talk(one, other)
