"""Matrix products and their precision.

Precision belongs to the product, not to the weights: with bfloat16 both factors are rounded to it, the CPU sums in
float32, and everything between two products stays float32. It applies to the code that is traced inside `precision`, so
one model trains in bfloat16 and translates in float32.
"""

import contextlib
import contextvars
from collections.abc import Iterator

import tensorflow as tf

_dtype = contextvars.ContextVar("product dtype", default=tf.float32)


@contextlib.contextmanager
def precision(name: str) -> Iterator[None]:
    """Sets the precision of the products that are traced in this block, "float32" or "bfloat16"."""
    token = _dtype.set(tf.as_dtype(name))
    try:
        yield
    finally:
        _dtype.reset(token)


def operand(x: tf.Tensor) -> tf.Tensor:
    """Rounds `x` to the precision of products: once for a factor that enters many of them."""
    return tf.cast(x, _dtype.get())


def wide(x: tf.Tensor) -> tf.Tensor:
    """Widens `x`, the result of a product, to float32."""
    return tf.cast(x, tf.float32)


def product(a: tf.Tensor, b: tf.Tensor, transpose_a: bool = False, transpose_b: bool = False) -> tf.Tensor:
    """Computes the matrix product of the last two axes in the precision of this block. float32"""
    return tf.cast(tf.matmul(operand(a), operand(b), transpose_a=transpose_a, transpose_b=transpose_b), tf.float32)


def dense(x: tf.Tensor, kernel: tf.Tensor) -> tf.Tensor:
    """Computes x · kernel over the last axis of `x`, as one product of two matrices, with a gradient of its own.

    TensorFlow's own gradient would add the weights' gradients of several uses in bfloat16.

    Args:
        x: Inputs. [..., inputs]
        kernel: The weights. [inputs, outputs]

    Returns:
        [..., outputs], float32.
    """

    @tf.custom_gradient
    def forward(x: tf.Tensor, kernel: tf.Tensor):  # type: ignore[no-untyped-def]
        rows = operand(tf.reshape(x, [-1, kernel.shape[0]]))  # [rows, inputs]
        columns = operand(kernel)
        y = tf.cast(tf.matmul(rows, columns), tf.float32)

        def backward(dy: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
            dy = operand(tf.reshape(dy, [-1, kernel.shape[1]]))  # [rows, outputs]
            dx = tf.cast(tf.matmul(dy, columns, transpose_b=True), tf.float32)
            dkernel = tf.cast(tf.matmul(rows, dy, transpose_a=True), tf.float32)
            return tf.reshape(dx, tf.shape(x)), dkernel

        return tf.reshape(y, tf.concat([tf.shape(x)[:-1], [kernel.shape[1]]], 0)), backward

    # A variable must become a tensor out here: `custom_gradient` refuses to share the gradient of one it sees inside.
    return forward(x, tf.convert_to_tensor(kernel))


def column_sums(x: tf.Tensor) -> tf.Tensor:
    """Sums the rows, as a product of matrices that reads `x` in its own precision and sums in float32.

    Args:
        x: The rows. [rows, columns]

    Returns:
        [columns], float32.
    """
    return tf.cast(tf.matmul(tf.ones([1, tf.shape(x)[0]], x.dtype), x)[0], tf.float32)


def affine(x: tf.Tensor, kernel: tf.Tensor, bias: tf.Tensor) -> tf.Tensor:
    """Computes x · kernel + bias over the last axis of `x`, with a gradient of its own.

    The result and its gradient stay in the precision of this block: it is read step by step, and a pass over all of it
    only to widen it is saved.

    Args:
        x: Inputs. [..., inputs]
        kernel: The weights. [inputs, outputs]
        bias: The bias. [outputs]

    Returns:
        [..., outputs], float32 or bfloat16.
    """

    @tf.custom_gradient
    def forward(x: tf.Tensor, kernel: tf.Tensor, bias: tf.Tensor):  # type: ignore[no-untyped-def]
        rows = operand(tf.reshape(x, [-1, kernel.shape[0]]))  # [rows, inputs]
        columns = operand(kernel)
        y = tf.nn.bias_add(tf.matmul(rows, columns), operand(bias))  # [rows, outputs]

        def backward(dy: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
            dy = tf.reshape(dy, [-1, kernel.shape[1]])  # [rows, outputs]
            dx = tf.cast(tf.matmul(dy, columns, transpose_b=True), tf.float32)
            dkernel = tf.cast(tf.matmul(rows, dy, transpose_a=True), tf.float32)
            return tf.reshape(dx, tf.shape(x)), dkernel, column_sums(dy)

        return tf.reshape(y, tf.concat([tf.shape(x)[:-1], [kernel.shape[1]]], 0)), backward

    return forward(x, tf.convert_to_tensor(kernel), bias)
