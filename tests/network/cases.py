# SPDX-License-Identifier: LGPL-2.1-or-later
"""What peers go through. Each case gets an empty network, and returns what is worth a note."""

import concurrent.futures
import time

import narrow
from lab import REST_PORT, SERVER, STUN_PORT, TLS_PORT
from people import SLOW, Failure, Peer, meet, talk_again

USER = 'alice:wonder%2Fland'
STUN = f'stun-server=stun://turn.test:{STUN_PORT}'
HEALED = 10  # s, after which media flows again
WATCHED = 20  # s, on a bad wire
NOTICED = 12  # s, after which a dead peer is gone


def expect(condition, words):
    if not condition:
        raise Failure(words)


def pair(lab, *properties):
    url = lab.relay()
    return Peer(lab, 'a', url, 'alice', *properties), Peer(lab, 'b', url, 'bob', *properties)


def on_lan(lab):
    lab.peer_on_lan('a', 1)
    lab.peer_on_lan('b', 2)


def behind_nats(lab, **options):
    lab.peer_behind_nat('a', 1, **options)
    lab.peer_behind_nat('b', 2, **options)


# --- paths

def host(lab):
    on_lan(lab)
    alice, bob = pair(lab)
    meet(alice, bob)
    alice.wait_for_path(local_type='host', remote_type='host', protocol='udp',
                        remote_address='192.0.2.22')
    bob.wait_for_path(local_address='192.0.2.22', remote_address='192.0.2.21')


def server_reflexive(lab):
    behind_nats(lab)
    lab.turn()
    alice, bob = pair(lab, STUN)
    meet(alice, bob)
    alice.wait_for_path(remote_type=('srflx', 'prflx'), remote_address='192.0.2.12')
    bob.wait_for_path(remote_type=('srflx', 'prflx'), remote_address='192.0.2.11')
    counted = lab.counters(1)
    expect(counted['direct'] > 20 and counted['turn-tcp'] == 0, f'counted {counted}')
    return f'{counted}'


def no_way(lab):
    """Two symmetric NATs and no TURN server: says so."""
    behind_nats(lab, symmetric=True)
    lab.turn()
    alice, bob = pair(lab, STUN)
    told = alice.wait('join-error', lambda: alice.list('join-error') + bob.list('join-error'), 60)[0]
    expect(told.get('reason-code') == 'needs-turn' and 'turn-servers' in told['error'], f'{told}')


def relayed(lab, url, counter, protocol, *properties, symmetric=True, firewall='', **turn):
    behind_nats(lab, symmetric=symmetric, firewall=firewall)
    lab.turn(**turn)
    alice, bob = pair(lab, f'turn-servers={url}', *properties)
    meet(alice, bob)
    # One relay is enough: which of the two is taken is not decided here.
    alice.wait('a relayed path', lambda: 'relay' in (alice.path().get('local-type'),
                                                     bob.path().get('local-type')), 10)
    relay = next(p.path() for p in (alice, bob) if p.path().get('local-type') == 'relay')
    expect(relay.get('relay-protocol') == protocol, f'the path: {relay}')
    counted = [lab.counters(1), lab.counters(2)]
    expect(max(c[counter] for c in counted) > 20, f'counted {counted}')
    others = {'turn-udp', 'turn-tcp', 'turn-tls'} - {counter}
    expect(all(c[other] == 0 for c in counted for other in others), f'counted {counted}')
    expect('ALLOCATE processed, success' in lab.log('turn'), 'coturn knows of no allocation')
    return f'{counted}'


def relayed_udp(lab):
    return relayed(lab, f'turn://{USER}@turn.test?transport=udp', 'turn-udp', 'udp', STUN)


def relayed_tcp(lab):
    return relayed(lab, f'turn://{USER}@turn.test?transport=tcp', 'turn-tcp', 'tcp',
                   firewall='oifname wan meta l4proto udp drop')


def relayed_tls(lab):
    return relayed(lab, f'turns://{USER}@turn.test:{TLS_PORT}', 'turn-tls', 'tls',
                   f'tls-ca-file={lab.folder / "cert.pem"}',
                   firewall='oifname wan meta l4proto udp drop')


def relayed_by_secret(lab):
    notes = relayed(lab, f'turn://turn.test:{REST_PORT}?transport=udp', 'turn-udp', 'udp',
                    'turn-secret=north/pole', port=REST_PORT, tls_port=REST_PORT + 1,
                    more=['--use-auth-secret', '--static-auth-secret=north/pole'])
    expect(':alice>' in lab.log('turn'), 'coturn was not told the name')
    return notes


def relay_only(lab):
    """Neighbours that could see each other, and may not."""
    on_lan(lab)
    lab.turn()
    alice, bob = pair(lab, f'turn-servers=turn://{USER}@turn.test?transport=udp',
                      'ice-transport-policy=relay')
    meet(alice, bob)
    for peer in (alice, bob):
        peer.wait_for_path(local_type='relay', remote_type=('relay', 'prflx'),
                           local_address=SERVER, remote_address=SERVER)


def wrong_turn_password(lab):
    on_lan(lab)
    lab.turn()
    alice, bob = pair(lab, 'turn-servers=turn://alice:wrong@turn.test',
                      'ice-transport-policy=relay')
    told = alice.wait('join-error', lambda: alice.list('join-error') + bob.list('join-error'), 60)[0]
    expect(told.get('reason-code') == 'turn-refused' and 'TURN' in told['error'], f'{told}')
    expect('wrong' not in told['error'], 'the password is told')
    return told['error']


def untrusted_turn_server(lab):
    """Its certificate is nobody's: no byte of ours goes there."""
    on_lan(lab)
    lab.turn()
    alice, bob = pair(lab, f'turn-servers=turns://{USER}@turn.test:{TLS_PORT}',
                      'ice-transport-policy=relay')
    told = alice.wait('join-error', lambda: alice.list('join-error') + bob.list('join-error'), 60)[0]
    expect('certificate' in told['error'], f'{told}')
    expect('ALLOCATE' not in lab.log('turn'), 'coturn was asked all the same')
    return told['error']


def chosen_interface(lab):
    """Of two ways the one that is allowed, and of the ports."""
    on_lan(lab)
    lab.plug('a', 'p3', 'wlan0', '192.0.2.31')
    alice, bob = pair(lab, 'ice-interfaces=!eth*,wlan*,eth0', 'ice-min-port=40000',
                      'ice-max-port=40009')
    bob.quit()
    alice.quit()
    url = f'ws://{SERVER}:7777'
    alice = Peer(lab, 'a', url, 'anna', 'ice-interfaces=!eth*', 'ice-min-port=40000',
                 'ice-max-port=40009')
    bob = Peer(lab, 'b', url, 'ben')
    meet(alice, bob)
    path = alice.wait_for_path(local_type='host', local_address='192.0.2.31')
    expect(40000 <= path['local-port'] <= 40009, f'the path: {path}')
    bob.wait_for_path(remote_address='192.0.2.31')


# --- what happens to a link

def speak_in_order(one, other, count=30, seconds=60):
    """Every word arrives, and each after the one before."""
    since = time.monotonic()
    for number in range(count):
        one.tell(f'say word-{number}')
        time.sleep(0.05)
    wanted = [f'word-{number}' for number in range(count)]

    def heard():
        return [event['text'] for event in other.list('channel-message', since)
                if event['text'].startswith('word-')]
    other.wait('the last word', lambda: len(heard()) >= count, seconds)
    expect(heard() == wanted, f'{other.id} heard {heard()}')


def late(how):
    """Five in a hundred are lost and asked for again; what comes later than the buffer waits is given up, or not."""
    def case(lab):
        lab.peer_on_lan('a', 1)
        url = lab.relay()
        lab.peer_on_long_wire('b', 2, 5, 50)
        # What the far end of the wire sends is lost.
        bob = Peer(lab, 'b', url, 'bob', camera='videotestsrc is-live=true pattern=ball ! '
                   'video/x-raw,width=320,height=240,framerate=30/1 ! videoconvert ! ')
        alice = Peer(lab, 'a', url, 'alice', f'source:drop-on-latency={how}', media=False)
        alice.wait_for_media(30)
        time.sleep(3)
        pictures, waited = watch(alice, WATCHED)
        bob.quit()
        return f'{pictures:.1f} a second with {waited:.2f} s between two'
    return case


def watch(peer, seconds):
    """Of the pictures of some seconds: how many a second, and the longest wait for one."""
    peer.wait_for_media(20)
    since = time.monotonic()
    time.sleep(seconds)
    now = time.monotonic()
    return peer.buffers(since) / (now - since), peer.longest_gap(since)


def bad_wire(loss, delay, rate, gap):
    """Both ends of the line are bad, so that what is asked for is lost as often as what is sent. Of ten
    pictures a second that many have to arrive, and none later than `gap` behind the one before."""
    def case(lab):
        lab.peer_on_long_wire('a', 1, loss, delay)
        lab.peer_on_long_wire('b', 2, loss, delay)
        alice, bob = pair(lab)
        # A handshake loses more than one of its packets, and is tried again from the beginning.
        meet(alice, bob, 120)
        speak_in_order(alice, bob)
        speak_in_order(bob, alice)
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            seen = list(pool.map(lambda peer: watch(peer, WATCHED), (alice, bob)))
        notes = ', '.join(f'{pictures:.1f} a second with {waited:.2f} s between two'
                          for pictures, waited in seen)
        for pictures, waited in seen:
            expect(pictures >= rate / SLOW, f'too few pictures: {notes}')
            expect(waited <= gap * SLOW, f'too long without one: {notes}')
        return notes
    return case


def cut(seconds):
    """The cable of one is pulled, and put back."""
    def case(lab):
        on_lan(lab)
        alice, bob = pair(lab)
        meet(alice, bob)
        lab.ip('b', 'link', 'set', 'eth0', 'down')
        time.sleep(seconds)
        lab.up('b', 'eth0')
        since = time.monotonic()
        took = [peer.wait_for_media(HEALED, since) for peer in (alice, bob)]
        talk_again(alice, bob, since, HEALED)
        return f'media after {took[0]:.1f} and {took[1]:.1f} s'
    return case


def another_address(lab):
    """From wireless to cable: another device, another address, the old one gone."""
    lab.peer_on_lan('a', 1)
    lab.space('b')
    lab.plug('b', 'p2', 'wlan0', '192.0.2.22')
    alice, bob = pair(lab)
    meet(alice, bob)
    lab.ip('b', 'link', 'del', 'wlan0')
    lab.plug('b', 'p3', 'eth0', '192.0.2.23')
    since = time.monotonic()
    took = [peer.wait_for_media(HEALED, since) for peer in (alice, bob)]
    # It is the same peer for both, the one that moved and the one that stayed.
    alice.wait_for('peer-relinked', HEALED, since, **{'peer-id': 'bob'})
    bob.wait_for('peer-relinked', HEALED, since, **{'peer-id': 'alice'})
    alice.wait_for_path(remote_address='192.0.2.23')
    talk_again(alice, bob, since, HEALED)
    return f'media after {took[0]:.1f} and {took[1]:.1f} s'


def killed(lab):
    on_lan(lab)
    alice, bob = pair(lab)
    meet(alice, bob)
    since = time.monotonic()
    bob.kill()
    left = alice.wait_for('peer-left', NOTICED, since, **{'peer-id': 'bob'})
    return f'noticed after {left["at"] - since:.1f} s'


# The longest first: they share the machine.
CASES = {
    'loss of 20 %': bad_wire(20, 10, 4, 8),
    'delay of 300 ms': bad_wire(0, 150, 7, 5),
    'another address': another_address,
    'cut for 5 s': cut(5),
    'no way': no_way,
    'loss of 5 %': bad_wire(5, 50, 7, 5),
    'peer killed': killed,
    'relayed over UDP': relayed_udp,
    'relayed over TCP': relayed_tcp,
    'relayed over TLS': relayed_tls,
    'relayed by a secret': relayed_by_secret,
    'relay only': relay_only,
    'server-reflexive': server_reflexive,
    'loss of 1 %': bad_wire(1, 10, 7, 5),
    'wrong TURN password': wrong_turn_password,
    'untrusted TURN server': untrusted_turn_server,
    'chosen interface': chosen_interface,
    'host': host,
}
LONG_CASES = {
    'narrow way': narrow.steps,
    'narrow way, steep': narrow.steep,
    'bursts of VP8': narrow.bursts('VP8'),
    'bursts of H.264': narrow.bursts('H.264'),
    'narrow way, encoded': narrow.encoded_steps,
    'narrow way, Chromium': narrow.in_chromium,
    'late, kept': late('false'),
    'late, dropped': late('true'),
    'cut for 60 s': cut(60),
    'cut for 10 min': cut(600),
}
