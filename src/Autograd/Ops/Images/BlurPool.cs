namespace MiniGrad;

public static partial class Ops
{
    extension(Tensor x)
    {
        /// <summary>
        /// Each channel of [N, C, H, W] under the binomial low-pass filter of 1 to 7 taps (1; 1,1; 1,2,1; 1,3,3,1; …),
        /// mirrored at its border, then every stride-th pixel: [N, C, ⌈H/stride⌉, ⌈W/stride⌉]. Zhang, arXiv:1904.11486.
        /// </summary>
        public Tensor BlurPool(int taps = 4, int stride = 2)
        {
            Check.Float("blur-pool", x);
            Check.Rank("blur-pool", "the image", x, 4);
            if (taps is < 1 or > 7 || stride < 1)
            {
                Throw.Range($"blur-pool: {taps} taps and stride {stride}: taps must be 1 to 7, the stride at least 1.");
            }
            int before = (taps - 1) / 2;
            int after = taps / 2;
            if (Math.Min(x.Shape[2], x.Shape[3]) <= after)
            {
                Throw.Argument(
                    $"blur-pool: {taps} taps mirror {after} pixels, the image {x.Shape} has too few. Use fewer taps, or larger images.");
            }
            int channels = x.Shape[1];
            Tensor filter = Tensor.From(Binomial(taps), [1, 1, taps, taps], x.Device).Cast(x.Type).BroadcastTo([channels, 1, taps, taps]);
            return x.PadReflect(before, after, before, after).Conv2d(filter, ConvOptions.Square(stride, groups: channels));
        }
    }

    /// <summary>The outer product of a row of Pascal's triangle with itself, of sum 1.</summary>
    private static double[] Binomial(int taps)
    {
        double[] row = new double[taps];
        row[0] = 1;
        for (int n = 1; n < taps; n++)
        {
            for (int i = n; i > 0; i--) row[i] += row[i - 1];
        }
        double sum = row.Sum();
        double[] square = new double[taps * taps];
        for (int i = 0; i < square.Length; i++) square[i] = row[i / taps] * row[i % taps] / (sum * sum);
        return square;
    }
}
