namespace MiniGrad.Probes;

/// <summary>Softmax and argmax of logits on the host, in double precision.</summary>
public static class Confidence
{
    /// <summary>Each row's softmax probability of its class.</summary>
    public static double[] Of(Tensor logits, ReadOnlySpan<int> classes) => Read(logits, classes).ToArray();

    /// <summary>1 − that probability, summed over the other classes, so that it is exact where it is tiny.</summary>
    public static double[] Doubt(Tensor logits, ReadOnlySpan<int> classes) => ReadDoubt(logits, classes).ToArray();

    /// <inheritdoc cref="Of"/>
    internal static RowBuffer<double> Read(Tensor logits, ReadOnlySpan<int> classes) => Share(logits, classes, own: true);

    /// <inheritdoc cref="Doubt"/>
    internal static RowBuffer<double> ReadDoubt(Tensor logits, ReadOnlySpan<int> classes) => Share(logits, classes, own: false);

    private static RowBuffer<double> Share(Tensor logits, ReadOnlySpan<int> classes, bool own)
    {
        using RowBuffer<double> z = PerRow.Read(logits);
        int k = logits.Shape[1];
        RowBuffer<double> result = new(logits.Shape[0]);
        for (int row = 0; row < result.Count; row++)
        {
            ReadOnlySpan<double> line = z.Span.Slice(row * k, k);
            double top = Top(line);
            double sum = 0;
            double others = 0;
            for (int i = 0; i < k; i++)
            {
                double e = Math.Exp(line[i] - top);
                sum += e;
                if (i != classes[row]) others += e;
            }
            result[row] = (own ? Math.Exp(line[classes[row]] - top) : others) / sum;
        }
        return result;
    }

    /// <summary>Each row's largest logit, the first of equals.</summary>
    public static int[] Prediction(Tensor logits) => logits.ArgMax(1).ToArray<int>();

    private static double Top(ReadOnlySpan<double> line)
    {
        double top = line[0];
        foreach (double value in line) top = Math.Max(top, value);
        return top;
    }
}
