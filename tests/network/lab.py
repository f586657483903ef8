# SPDX-License-Identifier: LGPL-2.1-or-later
"""Networks out of namespaces: a public one with the servers, NATs, and peers behind them.

Everything lives inside namespaces that the kernel takes away with the process that made them, also
when that is killed: nothing of the host is seen, changed or left behind."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from shutil import which

NEEDED = {'ip': 'iproute2', 'nft': 'nftables', 'unshare': 'util-linux', 'turnserver': 'coturn',
          'openssl': 'openssl'}
INSIDE = 'GENOS_NETWORK_TEST_INSIDE'
SERVER = '192.0.2.1'  # of the documentation's networks, RFC 5737
STUN_PORT = 3478
TLS_PORT = 5349
REST_PORT = 3480

# What passes through a NAT is counted by what it is. `wan` learns nobody from outside: what comes
# unasked is dropped without a trace, as home routers do; a trace would spoil the hole being punched.
NAT_RULES = '''
table ip nat {{
  counter direct {{}}
  counter stun {{}}
  counter turn-udp {{}}
  counter turn-tcp {{}}
  counter turn-tls {{}}
  chain postrouting {{
    type nat hook postrouting priority srcnat;
    oifname wan masquerade {how}
  }}
  chain forward {{
    type filter hook forward priority filter;
    ip daddr {server} udp dport {{ {stun}, {rest} }} counter name turn-udp
    ip daddr {server} tcp dport {{ {stun}, {rest} }} counter name turn-tcp
    ip daddr {server} tcp dport {tls} counter name turn-tls
    oifname wan ip daddr != {server} counter name direct
    {firewall}
  }}
  chain input {{
    type filter hook input priority filter;
    iifname wan meta l4proto udp drop
  }}
}}
'''


def enter():
    """Goes on in namespaces of one's own; returns why that cannot be, if so."""
    missing = [package for program, package in NEEDED.items() if not which(program)]
    if missing:
        return 'needs ' + ', '.join(missing)
    try:
        os.close(os.open('/dev/net/tun', os.O_RDWR))
    except OSError as error:
        return f'needs /dev/net/tun: {error.strerror}'
    wrap = ['unshare', '--net', '--mount', '--pid', '--fork', '--kill-child', '--mount-proc']
    for more in ([], ['--user', '--map-root-user']):
        if subprocess.run([*wrap, *more, 'true'], capture_output=True).returncode == 0:
            os.environ[INSIDE] = '1'
            os.execvp(wrap[0], [*wrap, *more, sys.executable, *sys.argv])
    return 'may not make network namespaces here: run it as root, or allow user namespaces'


def is_inside():
    return INSIDE in os.environ


def call(*command, **options):
    done = subprocess.run(command, capture_output=True, text=True, **options)
    if done.returncode != 0:
        raise RuntimeError(f'{" ".join(command)}: {done.stderr.strip()}')
    return done.stdout


def prepare(folder):
    """Once, inside: where ip(8) keeps names, what names resolve to, the servers' certificate."""
    call('mount', '-t', 'tmpfs', 'tmpfs', '/run')
    os.mkdir('/run/netns')
    hosts = folder / 'hosts'
    hosts.write_text(f'127.0.0.1 localhost\n{SERVER} turn.test\n')
    call('mount', '--bind', str(hosts), '/etc/hosts')
    call('openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1',
         '-nodes', '-days', '2', '-subj', '/CN=turn.test', '-addext',
         'subjectAltName=DNS:turn.test', '-keyout', str(folder / 'key.pem'), '-out',
         str(folder / 'cert.pem'))


class Lab:
    """One network with its processes. The names are its own; all ends with the block."""

    def __init__(self, name, build, folder):
        self.name = re.sub(r'\W+', '-', name)
        self.build = Path(build)
        self.folder = Path(folder)
        self.spaces = []
        self.processes = []

    def __enter__(self):
        self.space('hub')
        self.ip('hub', 'link', 'add', 'br0', 'type', 'bridge')
        self.ip('hub', 'addr', 'add', f'{SERVER}/24', 'dev', 'br0')
        self.ip('hub', 'link', 'set', 'br0', 'up')
        self.add_far_away()
        return self

    def __exit__(self, *_):
        for process in reversed(self.processes):
            if process.poll() is None:
                process.kill()
            process.wait()
        for space in self.spaces:
            call('ip', 'netns', 'del', space)

    # --- namespaces

    def full(self, space):
        return f'{self.name}-{space}'

    def space(self, name):
        call('ip', 'netns', 'add', self.full(name))
        self.spaces.append(self.full(name))
        self.ip(name, 'link', 'set', 'lo', 'up')
        self.write(name, '/proc/sys/net/ipv6/conf/all/disable_ipv6', '1')

    def ip(self, space, *words):
        return call('ip', '-n', self.full(space), *words)

    def inside(self, space, *command, **options):
        return call('ip', 'netns', 'exec', self.full(space), *command, **options)

    def write(self, space, path, text):
        self.inside(space, 'sh', '-c', f'[ ! -e {path} ] || echo {text} > {path}')

    def start(self, space, name, *command, log=None, **options):
        log = open(self.folder / f'{self.name}-{name}.log', 'wb') if log is None else log
        words = ['ip', 'netns', 'exec', self.full(space)] if space else []
        process = subprocess.Popen([*words, *command], stderr=log, **options)
        self.processes.append(process)
        return process

    def log(self, name):
        return (self.folder / f'{self.name}-{name}.log').read_text(errors='replace')

    def add_far_away(self):
        """Where packets to unknown addresses are lost, as they are on the Internet. A server that is
        told at once that there is no way behaves otherwise."""
        self.ip('hub', 'link', 'add', 'far', 'type', 'veth', 'peer', 'name', 'away')
        for device in ('far', 'away'):
            self.ip('hub', 'link', 'set', device, 'arp', 'off', 'up')
        self.ip('hub', 'route', 'add', 'default', 'dev', 'far')

    # --- cables

    def plug(self, space, port, device, address, via=None):
        """A cable from a port of the public network to a device in a namespace."""
        call('ip', 'link', 'add', port, 'netns', self.full('hub'), 'type', 'veth', 'peer', 'name',
             device, 'netns', self.full(space))
        self.ip('hub', 'link', 'set', port, 'master', 'br0', 'up')
        self.up(space, device, address, via)

    def up(self, space, device, address=None, via=None):
        if address:
            self.ip(space, 'addr', 'add', f'{address}/24', 'dev', device)
        self.ip(space, 'link', 'set', device, 'up')
        if via:
            self.ip(space, 'route', 'replace', 'default', 'via', via)

    def peer_on_lan(self, space, number):
        self.space(space)
        self.plug(space, f'p{number}', 'eth0', f'192.0.2.{20 + number}')

    def peer_on_long_wire(self, space, number, loss, delay):
        """The same; of what it sends a share is lost, and all of it is late. Returns the wire."""
        self.space(space)
        ends = [f'{self.name}{number}a'[-15:], f'{self.name}{number}b'[-15:]]
        wire = self.start(None, f'wire{number}', sys.executable,
                          str(Path(__file__).parent / 'wire.py'), *ends, str(loss), str(delay),
                          stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        if wire.stdout.readline() != b'ready\n':
            raise RuntimeError('the wire is broken: ' + self.log(f'wire{number}'))
        call('ip', 'link', 'set', ends[0], 'netns', self.full('hub'), 'name', f'p{number}')
        call('ip', 'link', 'set', ends[1], 'netns', self.full(space), 'name', 'eth0')
        self.ip('hub', 'link', 'set', f'p{number}', 'master', 'br0', 'up')
        self.up(space, 'eth0', f'192.0.2.{20 + number}')
        return wire

    def peer_behind_nat(self, space, number, symmetric=False, firewall=''):
        nat = f'nat{number}'
        lan = f'10.{number}.0'
        self.space(nat)
        self.space(space)
        self.plug(nat, f'p{number}', 'wan', f'192.0.2.{10 + number}')
        call('ip', 'link', 'add', 'lan', 'netns', self.full(nat), 'type', 'veth', 'peer', 'name',
             'eth0', 'netns', self.full(space))
        self.up(nat, 'lan', f'{lan}.1')
        self.up(space, 'eth0', f'{lan}.2', via=f'{lan}.1')
        self.write(nat, '/proc/sys/net/ipv4/ip_forward', '1')
        self.inside(nat, 'nft', '-f', '-', input=NAT_RULES.format(
            server=SERVER, stun=STUN_PORT, rest=REST_PORT, tls=TLS_PORT, firewall=firewall,
            how='random,fully-random' if symmetric else ''))

    def counters(self, number):
        """Packets that the NAT passed on, by what they were."""
        text = self.inside(f'nat{number}', 'nft', '-j', 'list', 'counters')
        return {item['counter']['name']: item['counter']['packets']
                for item in json.loads(text)['nftables'] if 'counter' in item}

    # --- servers

    def relay(self):
        process = self.start('hub', 'relay', str(self.build / 'tools' / 'genos'), 'relay',
                             '--address', SERVER, '--port', '7777', stdout=subprocess.PIPE)
        line = process.stdout.readline().decode()
        if not line.startswith('ws://'):
            raise RuntimeError('the relay does not start: ' + self.log('relay'))
        return f'ws://{SERVER}:7777'

    def turn(self, name='turn', port=STUN_PORT, tls_port=TLS_PORT, more=None):
        more = more or ['--lt-cred-mech', '--user=alice:wonder/land']
        log = self.folder / f'{self.name}-{name}.log'
        pipe = self.start('hub', name, which('turnserver'), '-n', '-v', '--no-cli',
                          f'--listening-ip={SERVER}', f'--relay-ip={SERVER}',
                          f'--listening-port={port}', f'--tls-listening-port={tls_port}',
                          f'--cert={self.folder / "cert.pem"}', f'--pkey={self.folder / "key.pem"}',
                          '--realm=turn.test', f'--userdb={self.folder / (self.name + name)}.db',
                          f'--pidfile={self.folder / (self.name + name)}.pid', '--log-file=stdout',
                          '--no-rfc5780', '--new-log-timestamp', *more, stdout=open(log, 'wb'),
                          log=subprocess.STDOUT)
        return pipe
