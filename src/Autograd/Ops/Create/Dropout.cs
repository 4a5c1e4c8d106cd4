namespace MiniGrad;

public static partial class Ops
{
    extension(Tensor x)
    {
        /// <summary>
        /// Zeroes elements with a probability and scales the others up to keep the mean. The mask has the same bits
        /// everywhere.
        /// </summary>
        public Tensor Dropout(double probability, Rng rng)
        {
            if (!(probability is >= 0 and < 1)) Throw.Range($"dropout: probability {probability} is outside [0, 1).");
            if (probability == 0) return x;
            // No float lies between the probability and this, so that a comparison of floats gives that of doubles.
            float least = (float)probability;
            if (least < probability) least = MathF.BitIncrement(least);
            Tensor draws = Uniform([rng], checked((int)x.Count), x.Device).Reshape(x.Shape);
            return x * ((draws >= least).Cast(DType.F32) * (float)(1 / (1 - probability))).Cast(x.Type);
        }
    }
}
