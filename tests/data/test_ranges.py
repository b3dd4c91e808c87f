from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from skrnn.data.ranges import ranges

PAIRS = st.lists(st.tuples(st.integers(-5, 20), st.integers(0, 6)), max_size=8)


@given(PAIRS)
def test_ranges_match_python(pairs):
    start, length = np.array(pairs, dtype=int).reshape(-1, 2).T
    values, offsets = ranges(start, length)
    expected = [list(range(a, a + n)) for a, n in pairs]
    assert [values[a:b].tolist() for a, b in pairwise(offsets)] == expected
    assert len(values) == length.sum()
