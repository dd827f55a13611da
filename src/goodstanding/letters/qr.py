"""Draw a text as a QR code (ISO/IEC 18004): bytes, error level M, the smallest version that holds it, one mask for all.

A library's choice among eight masks costs as much as setting the page, and readers don't need it. What is the same for
every code of a version (where each bit goes, the patterns, the mask) is worked out once. Tests hold the squares against
another encoder's and read them back with a reader.
"""

import re
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

QUIET = 4
"""Squares that stay white around the code."""
MASK = 4
FORMAT = 0b00 << 3 | MASK  # level M
# By version, from 1: correction bytes in a block, blocks of the first size, blocks a byte longer, data bytes of the first.
BLOCKS = (
    (10, 1, 0, 16), (16, 1, 0, 28), (26, 1, 0, 44), (18, 2, 0, 32), (24, 2, 0, 43),
    (16, 4, 0, 27), (18, 4, 0, 31), (22, 2, 2, 38), (22, 3, 2, 36), (26, 4, 1, 43),
    (30, 1, 4, 50), (22, 6, 2, 36), (22, 8, 1, 37), (24, 4, 5, 40), (24, 5, 5, 41),
    (28, 7, 3, 45), (28, 10, 1, 46), (26, 9, 4, 43), (26, 3, 11, 44), (26, 3, 13, 41),
)  # fmt: skip

Squares = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class _Version:
    """frame: what is drawn whatever the code says. order: where each bit goes in the flattened square. flips: the mask there."""

    frame: Squares
    order: NDArray[np.intp]
    flips: NDArray[np.uint8]


def squares(text: str) -> Squares:
    """Return the code as a square of 0 and 1 (1 is dark), without the white around it.

    ValueError for a text that no version up to 20 holds (666 bytes).
    """
    data = text.encode("utf-8")
    number = _number_for(len(data))
    version = _version(number)
    bits = np.unpackbits(_codewords(data, number))
    found = version.frame.ravel().copy()
    found[version.order[: bits.size]] = bits
    found[version.order] ^= version.flips
    return found.reshape(version.frame.shape)


def svg(code: Squares) -> str:
    """The code as a drawing: each row a line as thick as a square, dashed where it is white; with the white around it."""
    side = len(code) + 2 * QUIET
    dashes = _dashes()
    rows = np.packbits(code, axis=1).tolist()
    path = "".join([f"M{QUIET} {y}.5{''.join([dashes[eight] for eight in row])}" for y, row in enumerate(rows, QUIET)])
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}"><path stroke="#000" d="{path}"/></svg>'


@cache
def _dashes() -> list[str]:
    """How to draw eight squares in a row, by their bits."""
    runs = [re.findall("0+|1+", f"{bits:08b}") for bits in range(256)]
    return ["".join(f"h{len(run)}" if run[0] == "1" else f"m{len(run)} 0" for run in row) for row in runs]


def _room(number: int) -> int:
    """How many bytes of text a version holds."""
    _, first, longer, size = BLOCKS[number - 1]
    return first * size + longer * (size + 1) - (2 if number < 10 else 3)


def _number_for(length: int) -> int:
    for number in range(1, len(BLOCKS) + 1):
        if length <= _room(number):
            return number
    raise ValueError(f"{length} bytes don't fit into a code: it holds {_room(len(BLOCKS))} at most")


def _codewords(data: bytes, number: int) -> NDArray[np.uint8]:
    """Mode, length, data and filling in blocks, each with its correction, woven into each other."""
    correction, first, longer, size = BLOCKS[number - 1]
    length_bits = 8 if number < 10 else 16
    head = 0b0100 << length_bits | len(data)
    stream = (head << 8 * len(data) | int.from_bytes(data)) << 4
    filled = stream.to_bytes(len(data) + 1 + length_bits // 8)
    filled += (b"\xec\x11" * 400)[: first * size + longer * (size + 1) - len(filled)]
    whole = np.frombuffer(filled, np.uint8)
    blocks = [whole[size * place : size * (place + 1)] for place in range(first)]
    rest = whole[size * first :]
    blocks += [rest[(size + 1) * place : (size + 1) * (place + 1)] for place in range(longer)]
    ends = np.array([_correction(block, correction) for block in blocks])
    woven = np.array([block[:size] for block in blocks]).T.ravel()
    last = np.array([block[size] for block in blocks[first:]], np.uint8)
    return np.concatenate([woven, last, ends.T.ravel()])


def _correction(block: NDArray[np.uint8], count: int) -> NDArray[np.uint8]:
    """What is left of the block divided by the generator: the sum of what is left of each of its bytes."""
    found: NDArray[np.uint8] = np.bitwise_xor.reduce(_remainders(count, block.size)[np.arange(block.size), block])
    return found


@cache
def _field() -> tuple[NDArray[np.intp], NDArray[np.uint8]]:
    """Logarithms and powers of 2 in the field of 256 elements."""
    powers, logarithms, one = np.zeros(512, np.uint8), np.zeros(256, np.intp), 1
    for place in range(255):
        powers[place] = powers[place + 255] = one
        logarithms[one] = place
        one = one << 1 ^ (0x11D if one & 0x80 else 0)
    return logarithms, powers


def _times(left: NDArray[np.uint8], right: NDArray[np.uint8]) -> NDArray[np.uint8]:
    logarithms, powers = _field()
    product: NDArray[np.uint8] = powers[logarithms[left] + logarithms[right]]
    product[(left == 0) | (right == 0)] = 0
    return product


@cache
def _remainders(count: int, length: int) -> NDArray[np.uint8]:
    """For each place of a block and each byte there, its remainder: an array (length, 256, count)."""
    generator = np.array([1], np.uint8)
    for power in range(count):
        root = _field()[1][power]
        generator = np.append(generator, 0) ^ np.append(0, _times(generator, np.full_like(generator, root)))
    divisor = generator[1:].astype(np.uint8)
    each = divisor
    found = []
    for _ in range(length):
        found.append(each)
        each = np.append(each[1:], 0).astype(np.uint8) ^ _times(divisor, np.full_like(divisor, each[0]))
    places = np.array(found[::-1], np.uint8)[:, None, :]
    every = np.arange(256, dtype=np.uint8)[None, :, None]
    return _times(*(np.ascontiguousarray(one) for one in np.broadcast_arrays(places, every)))


@cache
def _version(number: int) -> _Version:
    """The patterns of a version, and the way its bits take: up and down in columns of two, from the right."""
    size = 17 + 4 * number
    frame, taken = np.zeros((size, size), np.uint8), np.zeros((size, size), bool)
    _draw_timing(frame, taken)
    for y, x in ((3, 3), (3, size - 4), (size - 4, 3)):
        _draw_rings(frame, taken, y, x, 4, (0, 1, 3))
    centres = _alignment(number)
    corners = {(6, 6), (6, size - 7), (size - 7, 6)}
    for y, x in ((y, x) for y in centres for x in centres if (y, x) not in corners):
        _draw_rings(frame, taken, y, x, 2, (0, 2))
    _draw_format(frame, taken)
    if number >= 7:
        _draw_number(frame, taken, number)
    columns = list(range(size - 1, 0, -2))
    way = []
    for turn, right in enumerate(column if column > 6 else column - 1 for column in columns):
        rows = range(size) if turn % 2 else range(size - 1, -1, -1)
        way += [(y, x) for y in rows for x in (right, right - 1) if not taken[y, x]]
    y, x = np.array(way).T
    flips = ((y // 2 + x // 3) % 2 == 0).astype(np.uint8)
    return _Version(frame, y * size + x, flips)


def _draw_timing(frame: Squares, taken: NDArray[np.bool_]) -> None:
    frame[6, ::2] = frame[::2, 6] = 1
    taken[6, :] = taken[:, 6] = True


def _draw_rings(frame: Squares, taken: NDArray[np.bool_], y: int, x: int, reach: int, dark: tuple[int, ...]) -> None:
    """Squares around a middle, dark at these distances; of a corner's pattern only what lies within the code."""
    for row in range(max(0, y - reach), min(len(frame), y + reach + 1)):
        for column in range(max(0, x - reach), min(len(frame), x + reach + 1)):
            frame[row, column] = max(abs(row - y), abs(column - x)) in dark
            taken[row, column] = True


def _alignment(number: int) -> list[int]:
    """Rows and columns of the alignment patterns."""
    if number == 1:
        return []
    size, count = 17 + 4 * number, number // 7 + 2
    step = (4 * number + 2 * count + 1) // (2 * count - 2) * 2
    return [6, *sorted(size - 7 - step * place for place in range(count - 1))]


def _checked(value: int, divisor: int, bits: int) -> int:
    """A value followed by its remainder of so many bits."""
    rest = value << bits
    while rest.bit_length() > bits:
        rest ^= divisor << rest.bit_length() - divisor.bit_length()
    return value << bits | rest


def _draw_format(frame: Squares, taken: NDArray[np.bool_]) -> None:
    size, said = len(frame), _checked(FORMAT, 0x537, 10) ^ 0x5412
    beside = [(8, place) for place in (0, 1, 2, 3, 4, 5, 7, 8)] + [(place, 8) for place in (7, 5, 4, 3, 2, 1, 0)]
    across = [(size - 1 - place, 8) for place in range(7)] + [(8, size - 8 + place) for place in range(8)]
    for places in (beside, across):
        for place, (y, x) in enumerate(places):
            frame[y, x] = said >> 14 - place & 1
            taken[y, x] = True
    frame[size - 8, 8] = 1
    taken[size - 8, 8] = True


def _draw_number(frame: Squares, taken: NDArray[np.bool_], number: int) -> None:
    size, said = len(frame), _checked(number, 0x1F25, 12)
    for place in range(18):
        y, x = place // 3, size - 11 + place % 3
        frame[y, x] = frame[x, y] = said >> place & 1
        taken[y, x] = taken[x, y] = True
