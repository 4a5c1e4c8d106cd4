namespace MiniGrad;

public static partial class Ops
{
    extension(Tensor x)
    {
        /// <summary>(x − mean)/√(variance + ε) over the last axis, scaled and shifted. Ba et al., arXiv:1607.06450.</summary>
        public Tensor LayerNorm(Tensor? scale, Tensor? shift, double epsilon = 1e-5)
        {
            Tensor centred = x - x.Mean(-1, keepDims: true);
            Tensor y = centred * (centred.Square().Mean(-1, keepDims: true) + epsilon).Rsqrt();
            if (scale is not null) y *= scale;
            return shift is null ? y : y + shift;
        }

        /// <summary>Zeroes elements with a probability and scales the others up to keep the mean. The mask has the same bits everywhere.</summary>
        public Tensor Dropout(double probability, Rng rng)
        {
            if (!(probability is >= 0 and < 1)) Throw.Range($"dropout: probability {probability} is outside [0, 1).");
            if (probability == 0) return x;
            float[] draws = rng.Uniform(checked((int)x.Count));
            for (int i = 0; i < draws.Length; i++) draws[i] = draws[i] < probability ? 0 : (float)(1 / (1 - probability));
            return x * Tensor.From(draws, x.Shape, x.Device).Cast(x.Type);
        }
    }

    /// <summary>softmax(Q Kᵀ/√d + mask) V over [..., tokens, d]. Vaswani et al., arXiv:1706.03762.</summary>
    public static Tensor Attention(Tensor query, Tensor key, Tensor value, Tensor? mask = null)
    {
        Tensor scores = query.MatMul(key.Transpose()) * (1 / Math.Sqrt(query.Shape[-1]));
        if (mask is not null) scores += mask;
        return scores.Softmax(-1).MatMul(value);
    }
}
