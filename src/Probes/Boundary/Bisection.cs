using MiniGrad.Probes.Attacks;

namespace MiniGrad.Probes.Boundary;

/// <summary>The place where a way crosses a boundary, by halving.</summary>
internal static class Bisection
{
    private const int Halvings = 40;

    /// <summary>
    /// Shortens each row's factor of its ray, at which it has crossed, to the first crossing that 40 halvings find, from the image,
    /// where it has not, on. All rows are halved together; one leaves where its type has no number between.
    /// </summary>
    /// <param name="rows">The rows; their goal says what has crossed.</param>
    /// <param name="rays">The rays.</param>
    /// <param name="high">A factor at which each row has crossed; the one that is found.</param>
    /// <param name="image">The image at a ray from a clean image.</param>
    public static void OnRays(SearchRows rows, Tensor rays, double[] high, Func<Tensor, Tensor, Tensor> image)
    {
        double[] low = new double[high.Length];
        bool isSingle = rays.Type == DType.F32;
        int[] all = rows.Query.Rows;
        int[] active = [.. Enumerable.Range(0, high.Length)];
        (Tensor x, Tensor r) = (rows.Images, rays);
        for (int halving = 0; halving < Halvings; halving++)
        {
            double[] middle = Array.ConvertAll(active, i => (low[i] + high[i]) / 2);
            int[] left = [.. Enumerable.Range(0, active.Length)
                .Where(i => IsBetween(low[active[i]], middle[i], high[active[i]], isSingle))];
            if (left.Length == 0) break;
            if (left.Length < active.Length)
            {
                (active, middle) = (Array.ConvertAll(left, i => active[i]), Array.ConvertAll(left, i => middle[i]));
                (x, r) = (rows.Images.TakeIndices(0, active), rays.TakeIndices(0, active));
            }
            rows.Query.Rows = Array.ConvertAll(active, i => all[i]);
            Arena.Step(
                () =>
                {
                    Tensor logits = rows.Query.Logits(image(x, r * Rows.Scale(middle, r)));
                    using RowBuffer<double> z = Rows.Read(logits);
                    for (int i = 0; i < active.Length; i++)
                    {
                        ReadOnlySpan<double> line = z.Span.Slice(i * logits.Shape[1], logits.Shape[1]);
                        bool beyond = Logits.AreFinite(line) && rows.Goal.IsMet(active[i], Logits.Top(line));
                        (beyond ? high : low)[active[i]] = middle[i];
                    }
                    return 0;
                }, _ => []);
            rows.Query.Forget();
        }
        rows.Query.Rows = all;
    }

    private static bool IsBetween(double low, double middle, double high, bool isSingle) =>
        isSingle ? (float)low < (float)middle && (float)middle < (float)high : low < middle && middle < high;
}
