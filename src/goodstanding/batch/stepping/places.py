"""Where things lie in w, the one array of numbers that a loan is worked through in. What a name in capitals means: layout.py."""

from goodstanding.batch.compiling import part
from goodstanding.batch.layout import *


@part
def account(row):
    return ACCOUNTS_AT + row * INSTALMENT_SIZE


@part
def held_at(w, place):
    return w[HELD_AT] + place * 2


@part
def held_before_at(w, place):
    return w[HELD_BEFORE_AT] + place * 2


@part
def met_at(w, place):
    return w[METS_AT] + place * 4


@part
def move_at(w, move):
    return w[MOVES_AT] + move * MOVE_SIZE


@part
def pause_at(w, place):
    return w[PAUSES_AT] + place * 4


@part
def plan_at(w, place):
    return w[PLAN_AT] + place * PLAN_SIZE


@part
def version_at(w, version):
    return w[VERSIONS_AT] + version * 4
