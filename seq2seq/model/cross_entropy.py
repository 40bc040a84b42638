"""Cross-entropy over the vocabulary with label smoothing, as one function with its own gradient.

With logits z = r·Eᵀ + b, probabilities p = softmax(z), the true token y and a smoothing ε (Szegedy et al., 2016,
section 7: the target distribution gives ε/V to each of the V tokens and 1 − ε more to y), the loss of a position is

    −Σ_v q_v log p_v  =  −log p_y + ε·(z_y − mean(z)),        mean(z) = r·mean(E) + mean(b).

So smoothing never touches a [positions, vocabulary] array: neither its value nor its gradient needs one. The gradient
of the first term is p − onehot(y), and its one-hot part becomes a gather (for r) and a scatter (for E).

Each pass over such an array costs about a tenth of a product with it. There are three besides the products: the softmax
and the sum over the positions, on arrays as narrow as the products' factors (two bytes with bfloat16; the softmax
itself is taken in float32), and the bias, which the first product adds on its way.
"""

import tensorflow as tf

from seq2seq.model.products import column_sums, operand, wide


def cross_entropy(
    readout: tf.Tensor, embeddings: tf.Tensor, bias: tf.Tensor, targets: tf.Tensor, smoothing: float
) -> tuple[tf.Tensor, tf.Tensor]:
    """Computes the loss of real positions; padding has to be gathered away before.

    Args:
        readout: Read-out states r. [positions, width]
        embeddings: Rows E of the softmax. [vocabulary, width]
        bias: Bias b of the softmax. [vocabulary]
        targets: True tokens y. [positions]
        smoothing: Label smoothing ε, from 0 to below 1.

    Returns:
        The sum of the smoothed loss, which has a gradient, and of the plain −log p_y, which has none; both in nats.
    """

    @tf.custom_gradient
    def forward(readout: tf.Tensor, embeddings: tf.Tensor, bias: tf.Tensor):  # type: ignore[no-untyped-def]
        r, e = operand(readout), operand(embeddings)
        logits = tf.nn.bias_add(tf.matmul(r, e, transpose_b=True), operand(bias))  # [positions, vocabulary]
        p = tf.nn.softmax(logits)
        rows_of_y = tf.gather(embeddings, targets)  # [positions, width]
        mean_row = column_sums(embeddings) / tf.cast(tf.shape(embeddings)[0], tf.float32)  # [width]
        z_y = tf.reduce_sum(readout * rows_of_y, -1) + tf.gather(bias, targets)  # [positions]
        mean_z = tf.linalg.matvec(readout, mean_row) + tf.reduce_mean(bias)  # [positions]
        p_y = tf.cast(tf.gather(p, targets, batch_dims=1), tf.float32)  # [positions]
        # Seldom is a p_y too small for a float; only then is the logarithm worth passes of its own.
        log_p_y = tf.cond(
            tf.reduce_all(p_y > 1e-30), lambda: tf.math.log(p_y), lambda: z_y - tf.reduce_logsumexp(wide(logits), -1)
        )
        plain = -tf.reduce_sum(log_p_y)
        loss = plain + smoothing * tf.reduce_sum(z_y - mean_z)

        def backward(d_loss: tf.Tensor, _: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
            vocabulary = tf.shape(embeddings)[0]
            share = smoothing / tf.cast(vocabulary, tf.float32)
            d_readout = wide(tf.matmul(p, e)) - ((1 - smoothing) * rows_of_y + smoothing * mean_row)
            scaled = d_loss * readout  # scaled here, as it is far narrower than the product
            d_embeddings = wide(tf.matmul(p, operand(scaled), transpose_a=True))
            d_embeddings -= share * tf.reduce_sum(scaled, 0)
            d_embeddings = tf.tensor_scatter_nd_sub(d_embeddings, targets[:, None], (1 - smoothing) * scaled)
            positions = tf.cast(tf.shape(targets)[0], tf.float32)
            d_bias = column_sums(p) - share * positions
            d_bias = tf.tensor_scatter_nd_sub(d_bias, targets[:, None], tf.fill(tf.shape(targets), 1 - smoothing))
            return d_loss * d_readout, d_embeddings, d_loss * d_bias

        return (loss, tf.stop_gradient(plain)), backward

    return forward(readout, tf.convert_to_tensor(embeddings), tf.convert_to_tensor(bias))
