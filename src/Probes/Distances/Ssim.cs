namespace MiniGrad.Probes.Distances;

/// <summary>
/// Structural similarity (Wang et al., IEEE TIP 2004): Gaussian window 11 × 11, σ = 1.5, K₁ = 0.01, K₂ = 0.03, range 1,
/// windows wholly inside the image, averaged over windows and channels. Images smaller than the window use one as large
/// as they are.
/// </summary>
public static class Ssim
{
    private const int Window = 11;
    private const double Deviation = 1.5;
    private const double C1 = 0.01 * 0.01;
    private const double C2 = 0.03 * 0.03;

    /// <summary>Bounds the memory that many images take at once, at some 25 numbers in double for each value.</summary>
    private const int ValuesAtOnce = 1 << 16;

    /// <summary>Bounds the band that a line is multiplied by.</summary>
    private const int PositionsAtOnce = 64;

    /// <summary>The similarity of each pair of images [N, C, H, W], whatever the others are; NaN for what is no image.</summary>
    public static double[] Of(Tensor a, Tensor b)
    {
        double[] similarity = new double[a.Shape[0]];
        if (a.Rank != 4)
        {
            Array.Fill(similarity, double.NaN);
            return similarity;
        }
        (a, b) = (a.Detach(), b.Detach());
        int together = (int)Math.Clamp(ValuesAtOnce / Math.Max(1, a.Count / Math.Max(1, a.Shape[0])), 1, int.MaxValue);
        for (int first = 0; first < similarity.Length; first += together)
        {
            AxisRange range = new(first, Math.Min(together, similarity.Length - first));
            Arena.Step(() => OfSome(a.Take(0, range), b.Take(0, range)), _ => []).CopyTo(similarity, first);
        }
        return similarity;
    }

    private static double[] OfSome(Tensor a, Tensor b)
    {
        Tensor x = a.Cast(DType.F64);
        Tensor y = b.Cast(DType.F64);
        Tensor Mean(Tensor image) => AcrossRows(AcrossRows(image));
        Tensor mx = Mean(x);
        Tensor my = Mean(y);
        Tensor vx = Mean(x * x) - mx * mx;
        Tensor vy = Mean(y * y) - my * my;
        Tensor cov = Mean(x * y) - mx * my;
        Tensor map = (mx * my * 2 + C1) * (cov * 2 + C2) / ((mx * mx + my * my + C1) * (vx + vy + C2));
        return map.Reshape(map.Shape[0], -1).Mean(1).ToArray<double>();
    }

    /// <summary>
    /// The weighted means along the last axis of [N, C, H, W], which becomes the one before it: [N, C, W', H]. The window is the
    /// product of two lines, so that doing this twice is doing it in both directions. It is a product with a band of a matrix, which
    /// is faster than as many taps while the band is short.
    /// </summary>
    private static Tensor AcrossRows(Tensor x)
    {
        int taps = Math.Min(Window, x.Shape[3]);
        int positions = x.Shape[3] - taps + 1;
        List<Tensor> means = [];
        for (int first = 0; first < positions; first += PositionsAtOnce)
        {
            int count = Math.Min(PositionsAtOnce, positions - first);
            Tensor seen = x.Take(3, new AxisRange(first, count + taps - 1)).Reshape(-1, count + taps - 1);
            means.Add(seen.MatMul(Band(taps, count).To(x.Device)).Reshape(x.Shape[0], x.Shape[1], x.Shape[2], count).Transpose(2, 3));
        }
        return means.Count == 1 ? means[0] : Ops.Concat([.. means], 2);
    }

    /// <summary>The window's line once for each of so many positions [count + taps − 1, count].</summary>
    private static Tensor Band(int taps, int count)
    {
        double[] line =
            [.. Enumerable.Range(0, taps).Select(i => Math.Exp(-Math.Pow(i - (taps - 1) / 2.0, 2) / (2 * Deviation * Deviation)))];
        double total = line.Sum();
        double[] values = new double[(count + taps - 1) * count];
        for (int at = 0; at < count; at++)
        {
            for (int tap = 0; tap < taps; tap++) values[(at + tap) * count + at] = line[tap] / total;
        }
        return Tensor.From(values, [count + taps - 1, count]);
    }
}
