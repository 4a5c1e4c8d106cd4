using MiniGrad.Kernels.Cpu;

namespace MiniGrad.Tests.Kernels;

/// <summary>
/// How far a Winograd convolution may be off. Its result is Aᵀ(Σ (G g Gᵀ) ⊙ (Bᵀ d B))A; with n roundings on the longest way
/// from an input to an output, each element is off by at most n·u times the same expression in the absolute values of the
/// three matrices and of the data (Higham, Accuracy and Stability, 3.5).
/// </summary>
internal static class WinogradBound
{
    /// <summary>
    /// Beside one rounding a channel: both sides of the transforms of pixels (3 each), weights
    /// (4) and outputs (4), and the rounded constants.
    /// </summary>
    private const int Roundings = 24;

    private static readonly double[,] Pixels4 =
    {
        { 0.87890625, 0, 2.640625, 0, 1, 0 },
        { 0, 1.40625, 2.25, 0.625, 1, 0 },
        { 0, 1.40625, 2.25, 0.625, 1, 0 },
        { 0, 0.5859375, 0.390625, 1.5, 1, 0 },
        { 0, 0.5859375, 0.390625, 1.5, 1, 0 },
        { 0, 0.87890625, 0, 2.640625, 0, 1 },
    };

    private static readonly double[,] Weights4 =
    {
        { 512 / 450.0, 0, 0 },
        { 4096 / 5950.0, 2560 / 5950.0, 1600 / 5950.0 },
        { 4096 / 5950.0, 2560 / 5950.0, 1600 / 5950.0 },
        { 128 / 1071.0, 192 / 1071.0, 288 / 1071.0 },
        { 128 / 1071.0, 192 / 1071.0, 288 / 1071.0 },
        { 0, 0, 1 },
    };

    private static readonly double[,] Outputs4 =
    {
        { 1, 1, 1, 1, 1, 0 },
        { 0, 0.625, 0.625, 1.5, 1.5, 0 },
        { 0, 0.390625, 0.390625, 2.25, 2.25, 0 },
        { 0, 0.244140625, 0.244140625, 3.375, 3.375, 1 },
    };

    private static readonly double[,] Pixels2 = { { 1, 0, 1, 0 }, { 0, 1, 1, 0 }, { 0, 1, 1, 0 }, { 0, 1, 0, 1 } };

    private static readonly double[,] Weights2 = { { 1, 0, 0 }, { 0.5, 0.5, 0.5 }, { 0.5, 0.5, 0.5 }, { 0, 0, 1 } };

    private static readonly double[,] Outputs2 = { { 1, 1, 1, 0 }, { 0, 1, 1, 1 } };

    /// <summary>
    /// The bound of each element of the result [batch, filters, outputs], for pixels [batch, planes, height, width];
    /// weights give the number of a filter, a plane and one of nine taps.
    /// </summary>
    public static double[] Of(int outputs, int batch, ConvTaps taps, int filters, double[] pixels, Func<int, int, int, double> weights)
    {
        (double[,] toPixels, double[,] toWeights, double[,] toOutputs) =
            outputs == 4 ? (Pixels4, Weights4, Outputs4) : (Pixels2, Weights2, Outputs2);
        int side = outputs + 2;
        double[][,] u = new double[filters * taps.Planes][,];
        for (int i = 0; i < u.Length; i++)
        {
            double[,] g = new double[3, 3];
            for (int t = 0; t < 9; t++) g[t / 3, t % 3] = Math.Abs(weights(i / taps.Planes, i % taps.Planes, t));
            u[i] = Both(toWeights, g);
        }
        double[] bounds = new double[(long)batch * filters * taps.OutPixels];
        double unit = (taps.Planes + Roundings) * Math.Pow(2, -24);
        for (int n = 0; n < batch; n++)
        {
            for (int top = 0; top < taps.OutHeight; top += outputs)
            {
                for (int left = 0; left < taps.OutWidth; left += outputs)
                {
                    double[][,] v = new double[taps.Planes][,];
                    for (int c = 0; c < v.Length; c++)
                    {
                        double[,] d = new double[side, side];
                        for (int i = 0; i < side * side; i++)
                        {
                            (int y, int x) = (top + i / side - taps.Top, left + i % side - taps.Left);
                            if (y >= 0 && y < taps.Height && x >= 0 && x < taps.Width)
                            {
                                d[i / side, i % side] = Math.Abs(pixels[((n * taps.Planes + c) * taps.Height + y) * taps.Width + x]);
                            }
                        }
                        v[c] = Both(toPixels, d);
                    }
                    for (int f = 0; f < filters; f++)
                    {
                        double[,] m = new double[side, side];
                        for (int c = 0; c < v.Length; c++)
                        {
                            double[,] weight = u[f * taps.Planes + c];
                            for (int i = 0; i < side; i++)
                            {
                                for (int j = 0; j < side; j++) m[i, j] += weight[i, j] * v[c][i, j];
                            }
                        }
                        double[,] tile = Both(toOutputs, m);
                        for (int y = 0; y < outputs && top + y < taps.OutHeight; y++)
                        {
                            for (int x = 0; x < outputs && left + x < taps.OutWidth; x++)
                            {
                                bounds[((n * filters + f) * taps.OutHeight + top + y) * taps.OutWidth + left + x] = unit * tile[y, x];
                            }
                        }
                    }
                }
            }
        }
        return bounds;
    }

    /// <summary>m · x · mᵀ.</summary>
    private static double[,] Both(double[,] m, double[,] x)
    {
        (int rows, int inner) = (m.GetLength(0), m.GetLength(1));
        double[,] half = new double[rows, inner];
        double[,] result = new double[rows, rows];
        for (int i = 0; i < rows; i++)
        {
            for (int k = 0; k < inner; k++)
            {
                for (int j = 0; j < inner; j++) half[i, j] += m[i, k] * x[k, j];
            }
            for (int j = 0; j < rows; j++)
            {
                for (int k = 0; k < inner; k++) result[i, j] += half[i, k] * m[j, k];
            }
        }
        return result;
    }
}
