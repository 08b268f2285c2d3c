# SPDX-License-Identifier: GPL-2.0-or-later
"""How the module must refuse: errno, a sentence, and where it points to."""
import re

from ynl import NlError, parse_nlas

HEADERS = 20  # netlink and generic netlink, in front of the attributes


def offset_of(spec, aset, payload, path):
    """Where in a message the attribute is: names, with .1 for a second one."""
    at = HEADERS
    for step in path.split('/'):
        name, _, index = step.partition('.')
        attr = spec.sets[aset][name]
        found, position = [], 0
        for kind, data in parse_nlas(payload):
            if kind == attr['value']:
                found.append((position, data))
            position += 4 + (len(data) + 3 & ~3)
        position, payload = found[int(index or 0)]
        at += position
        aset = attr.get('nested-attributes')
        at += 4
    return at - 4


def check_where(spec, aset, payload, refusal, where):
    """'leg-a/suite' is wrong, or '-leg-a/suite' missing."""
    if where is None:
        return refusal.offset is None and refusal.miss_type is None
    if not where.startswith('-'):
        return refusal.offset == offset_of(spec, aset, payload, where)
    *outer, name = where[1:].split('/')
    if not outer:
        return refusal.miss_type == spec.sets[aset][name]['value']
    nest = offset_of(spec, aset, payload, '/'.join(outer))
    for step in outer:
        aset = spec.sets[aset][step.partition('.')[0]]['nested-attributes']
    return refusal.miss_type == spec.sets[aset][name]['value'] and \
        refusal.miss_nest == nest


def refused(tap, nl, state, what, case):
    """A point: case is (operation, values, errno, regular expression, where),
    state() what must not change."""
    op, values, code, sentence, where = case
    aset = nl.spec.ops[op]['attribute-set']
    payload = nl.spec.encode(aset, values)
    before = state()
    try:
        nl.raw(op, payload)
        tap.ok(False, f'{op}: {what}', 'accepted')
        return
    except NlError as error:
        refusal = error
    good = refusal.errno == code and re.search(sentence, refusal.text) and \
        check_where(nl.spec, aset, payload, refusal, where)
    after = state()
    tap.ok(good and after == before, f'{op}: {what}',
           f'{refusal} at {refusal.offset}, nest {refusal.miss_nest}, '
           f'want {sentence} at {where}'
           f'{(before, after) if after != before else ""}')
