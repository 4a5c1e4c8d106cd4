namespace MiniGrad;

public static partial class Ops
{
    extension(Tensor x)
    {
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
}
