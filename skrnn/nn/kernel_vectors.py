"""SIMD vectors for the kernels, with one lane for each row of a block.

Automatic vectorisation in numba is not enough here. The lanes must always be the rows of a batch,
and the bits of a row must not depend on the other rows. So the kernels use explicit vectors:
`Vector` is a numba type that LLVM maps to vector registers.
"""

from __future__ import annotations

import math
import operator

from llvmlite import binding as llvm
from llvmlite import ir
from numba import config, njit, types
from numba.core import cgutils
from numba.core.typing.templates import ConcreteTemplate, infer_global, signature
from numba.extending import intrinsic, lower_builtin, models, overload, register_model

from skrnn._kernel_cache import cached

from .threads import BLOCK


def _has_avx512():
    features = config.CPU_FEATURES or llvm.get_host_cpu_features().flatten()
    return "+avx512f" in features


AVX512 = _has_avx512()
# In float32, a block is one AVX512 register, or two AVX2 registers that share each weight.
LANES = BLOCK


OPTIONS = {"nogil": True, "error_model": "numpy"}


def jit(function):
    """Compile a function that is only called from compiled code, without a Python wrapper."""
    return njit(**OPTIONS, no_cpython_wrapper=True, no_cfunc_wrapper=True)(function)


def kernel(function):
    """Compile a function on its first call, or load its code from the disk."""
    return cached(njit(**OPTIONS, no_cfunc_wrapper=True)(function))


class Vector(types.Type):
    """Type of `LANES` numbers of one floating-point type."""

    def __init__(self, dtype):
        self.dtype = dtype
        super().__init__(name=f"Vector({dtype})")


@register_model(Vector)
class _VectorModel(models.PrimitiveModel):
    def __init__(self, manager, vector):
        element = ir.FloatType() if vector.dtype == types.float32 else ir.DoubleType()
        super().__init__(manager, vector, ir.VectorType(element, LANES))


VECTORS = (Vector(types.float32), Vector(types.float64))


def _arithmetic(op, instruction):
    @infer_global(op)
    class _Typing(ConcreteTemplate):
        cases = [signature(vector, vector, vector) for vector in VECTORS]

    for vector in VECTORS:

        @lower_builtin(op, vector, vector)
        def _lower(context, builder, sig, args):
            return getattr(builder, instruction)(*args)


_arithmetic(operator.add, "fadd")
_arithmetic(operator.sub, "fsub")
_arithmetic(operator.mul, "fmul")
_arithmetic(operator.truediv, "fdiv")


def _address(context, builder, sig, args):
    """Return a pointer to the vector that begins at element ``args[1]`` of array ``args[0]``."""
    array_type, index_type = sig.args[:2]
    array = context.make_array(array_type)(context, builder, args[0])
    pairs = zip(cgutils.unpack_tuple(builder, args[1], len(index_type)), index_type, strict=True)
    index = [context.cast(builder, i, kind, types.intp) for i, kind in pairs]
    first = cgutils.get_item_pointer(context, builder, array_type, array, index, wraparound=False)
    return builder.bitcast(first, ir.VectorType(first.type.pointee, LANES).as_pointer())


@intrinsic
def apart(typing):
    """Keep LLVM from inlining the function that calls this.

    Inlining would take seconds to compile and make nothing faster.
    """

    def codegen(context, builder, sig, args):
        builder.function.attributes.add("noinline")
        return context.get_dummy_value()

    return types.void(), codegen


@intrinsic
def load(typing, array, index):
    """Load the vector that begins at element `index`."""

    def codegen(context, builder, sig, args):
        align = sig.args[0].dtype.bitwidth // 8
        return builder.load(_address(context, builder, sig, args), align=align)

    return Vector(array.dtype)(array, index), codegen


@intrinsic
def store(typing, array, index, value):
    """Store a vector, beginning at element `index`."""

    def codegen(context, builder, sig, args):
        align = sig.args[0].dtype.bitwidth // 8
        builder.store(args[2], _address(context, builder, sig, args), align=align)
        return context.get_dummy_value()

    return types.void(array, index, value), codegen


def _repeat(builder, number):
    vector = ir.VectorType(number.type, LANES)
    nothing = ir.Constant(vector, ir.Undefined)
    first = builder.insert_element(nothing, number, ir.Constant(ir.IntType(32), 0))
    zeros = ir.Constant(ir.VectorType(ir.IntType(32), LANES), [0] * LANES)
    return builder.shuffle_vector(first, nothing, zeros)


@intrinsic
def splat(typing, number):
    """Return a vector with `number` in each lane."""

    def codegen(context, builder, sig, args):
        return _repeat(builder, args[0])

    return Vector(number)(number), codegen


@intrinsic
def like(typing, model, number):
    """Return a vector with `number` in each lane, of the type of the vector or array `model`."""

    def codegen(context, builder, sig, args):
        return _repeat(builder, context.cast(builder, args[1], sig.args[1], sig.return_type.dtype))

    return Vector(model.dtype)(model, number), codegen


def _llvm(name, n_arguments):
    """Return a codegen that calls the LLVM intrinsic of this name."""

    def codegen(context, builder, sig, args):
        vector = args[0].type
        bits = "f32" if isinstance(vector.element, ir.FloatType) else "f64"
        kind = ir.FunctionType(vector, [vector] * n_arguments)
        function = cgutils.get_or_insert_function(
            builder.module, kind, f"llvm.{name}.v{LANES}{bits}"
        )
        return builder.call(function, args)

    return codegen


def n_sums(x):
    """Return how many sums of vectors of the type of `x` fit into registers at once.

    AVX512 has 32 registers; AVX2 has 16 of half the width. Some must stay free for the factors.
    The result is a constant of the compiled code.
    """


@overload(n_sums)
def _n_sums(x):
    of_avx2 = 6 if x.dtype == types.float32 else 2
    n = 8 if AVX512 else of_avx2
    return lambda x: n


@intrinsic
def fma(typing, a, b, c):
    """Return ``a * b + c``, rounded once."""
    return a(a, b, c), _llvm("fma", 3)


@intrinsic
def sqrt(typing, a):
    """Return the square root of each lane."""
    return a(a), _llvm("sqrt", 1)


@intrinsic
def where_greater(typing, a, b, yes, no):
    """Return `yes` where ``a > b``, else `no`; a NaN is never greater."""

    def codegen(context, builder, sig, args):
        return builder.select(builder.fcmp_ordered(">", args[0], args[1]), args[2], args[3])

    return yes(a, b, yes, no), codegen


@intrinsic
def total(typing, a):
    """Return the sum over the lanes, added in order."""

    def codegen(context, builder, sig, args):
        lanes = (
            builder.extract_element(args[0], ir.Constant(ir.IntType(32), i)) for i in range(LANES)
        )
        result = next(lanes)
        for lane in lanes:
            result = builder.fadd(result, lane)
        return result

    return a.dtype(a), codegen


@intrinsic
def _exact_tanh(typing, a):
    def codegen(context, builder, sig, args):
        scalar = signature(types.float64, types.float64)
        function = context.get_function(math.tanh, scalar)
        result = args[0]
        for i in range(LANES):
            lane = ir.Constant(ir.IntType(32), i)
            value = function(builder, (builder.extract_element(args[0], lane),))
            result = builder.insert_element(result, value, lane)
        return result

    return a(a), codegen


def tanh(x):
    """Return the hyperbolic tangent: of the C library in float64, a rational function in float32.

    Numerator (degree 9) and denominator (degree 8) are a least-squares fit on [0, 9.02], where the
    float32 result reaches 1, reweighted to reduce the largest relative error. The absolute error
    is at most 4e-7, the relative error 6e-7.
    """


TANH_BOUND = 9.02
TANH_ABOVE = (1.3317846e-08, 2.05826e-05, 0.003493982, 0.13379674, 1.0)
TANH_BELOW = (7.7615175e-07, 0.00032830058, 0.025870875, 0.4671299, 1.0)


@overload(tanh)
def _tanh(x):
    if x.dtype == types.float64:
        return lambda x: _exact_tanh(x)

    def rational(x):
        high, low = like(x, TANH_BOUND), like(x, -TANH_BOUND)
        x = where_greater(x, high, high, x)  # keeps a NaN
        x = where_greater(low, x, low, x)
        square = x * x
        above, below = like(x, TANH_ABOVE[0]), like(x, TANH_BELOW[0])
        for i in range(1, 5):
            above = fma(above, square, like(x, TANH_ABOVE[i]))
            below = fma(below, square, like(x, TANH_BELOW[i]))
        return x * above / below

    return rational


@jit
def sigmoid(x):
    """Return the logistic function, ``(1 + tanh(x / 2)) / 2``."""
    half = like(x, 0.5)
    return fma(half, tanh(half * x), half)
