namespace MiniGrad.Probes.Distances;

/// <summary>
/// Structural similarity (Wang et al., IEEE TIP 2004): Gaussian window 11 × 11, σ = 1.5, K₁ = 0.01, K₂ = 0.03, range 1,
/// windows wholly inside the image, averaged over windows and channels. Images smaller than the window use one as large
/// as they are.
/// </summary>
public static class Ssim
{
    private const double C1 = 0.01 * 0.01;
    private const double C2 = 0.03 * 0.03;

    /// <summary>The similarity of each pair of images [N, C, H, W].</summary>
    public static double[] Of(Tensor a, Tensor b)
    {
        if (a.Rank != 4) return Array.ConvertAll(new double[a.Shape[0]], _ => double.NaN);
        (int n, int c, int h, int w) = (a.Shape[0], a.Shape[1], a.Shape[2], a.Shape[3]);
        Tensor window = Window(Math.Min(11, h), Math.Min(11, w)).To(a.Device);
        Tensor x = a.Detach().Cast(DType.F64).Reshape(n * c, 1, h, w);
        Tensor y = b.Detach().Cast(DType.F64).Reshape(n * c, 1, h, w);
        Tensor Mean(Tensor image) => image.Conv2d(window, new ConvOptions());
        Tensor mx = Mean(x);
        Tensor my = Mean(y);
        Tensor vx = Mean(x * x) - mx * mx;
        Tensor vy = Mean(y * y) - my * my;
        Tensor cov = Mean(x * y) - mx * my;
        Tensor map = (mx * my * 2 + C1) * (cov * 2 + C2) / ((mx * mx + my * my + C1) * (vx + vy + C2));
        return map.Reshape(n, -1).Mean(1).ToArray<double>();
    }

    private static Tensor Window(int height, int width)
    {
        double[] Line(int size) =>
            [.. Enumerable.Range(0, size).Select(i => Math.Exp(-Math.Pow(i - (size - 1) / 2.0, 2) / (2 * 1.5 * 1.5)))];
        double[] rows = Line(height);
        double[] columns = Line(width);
        double total = rows.Sum() * columns.Sum();
        double[] values = new double[height * width];
        for (int i = 0; i < values.Length; i++) values[i] = rows[i / width] * columns[i % width] / total;
        return Tensor.From(values, [1, 1, height, width]);
    }
}
