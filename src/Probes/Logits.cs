namespace MiniGrad.Probes;

/// <summary>What probes read from logits [rows, classes]: on the host, in double precision.</summary>
public static class Logits
{
    /// <summary>Each row's softmax probability of its class.</summary>
    public static double[] Confidence(Tensor logits, ReadOnlySpan<int> classes) => ReadConfidence(logits, classes).ToArray();

    /// <summary>Each row's class of the largest logit, the first of equals.</summary>
    public static int[] Prediction(Tensor logits) => logits.ArgMax(1).ToArray<int>();

    /// <inheritdoc cref="Confidence"/>
    internal static RowBuffer<double> ReadConfidence(Tensor logits, ReadOnlySpan<int> classes) => Share(logits, classes, own: true);

    /// <summary>1 − that probability, summed over the other classes, so that it is exact where it is tiny.</summary>
    internal static RowBuffer<double> ReadDoubt(Tensor logits, ReadOnlySpan<int> classes) => Share(logits, classes, own: false);

    /// <summary>The largest of a row's logits, the first of equals.</summary>
    internal static int Top(ReadOnlySpan<double> logits)
    {
        int top = 0;
        for (int k = 1; k < logits.Length; k++)
        {
            if (logits[k] > logits[top]) top = k;
        }
        return top;
    }

    /// <summary>Whether no logit is NaN or infinite.</summary>
    internal static bool AreFinite(ReadOnlySpan<double> logits)
    {
        foreach (double value in logits)
        {
            if (!double.IsFinite(value)) return false;
        }
        return true;
    }

    /// <summary>Whether each row's logits are all finite.</summary>
    internal static bool[] AreFinite(Tensor logits)
    {
        using RowBuffer<double> z = Rows.Read(logits);
        int classes = logits.Shape[1];
        bool[] finite = new bool[logits.Shape[0]];
        for (int i = 0; i < finite.Length; i++) finite[i] = AreFinite(z.Span.Slice(i * classes, classes));
        return finite;
    }

    /// <summary>
    /// The cotangent [rows, classes] whose pull-back is the gradient of the margin f_plus − f_minus of each row; zero where the
    /// two are one class.
    /// </summary>
    internal static Tensor MarginCotangent(Tensor logits, ReadOnlySpan<int> plus, ReadOnlySpan<int> minus) =>
        MarginCotangent(plus, minus, logits.Shape[1], logits.Type, logits.Device);

    /// <inheritdoc cref="MarginCotangent(Tensor, ReadOnlySpan{int}, ReadOnlySpan{int})"/>
    internal static Tensor MarginCotangent(ReadOnlySpan<int> plus, ReadOnlySpan<int> minus, int classes, DType type, Device? device)
    {
        using RowBuffer<double> seed = new(plus.Length * classes);
        for (int row = 0; row < plus.Length; row++)
        {
            seed[row * classes + plus[row]] += 1;
            seed[row * classes + minus[row]] -= 1;
        }
        return Tensor.From((ReadOnlySpan<double>)seed.Span, [plus.Length, classes], device).Cast(type);
    }

    private static RowBuffer<double> Share(Tensor logits, ReadOnlySpan<int> classes, bool own)
    {
        using RowBuffer<double> z = Rows.Read(logits);
        int k = logits.Shape[1];
        RowBuffer<double> result = new(logits.Shape[0]);
        for (int row = 0; row < result.Count; row++)
        {
            ReadOnlySpan<double> line = z.Span.Slice(row * k, k);
            double top = Largest(line);
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

    // A NaN among them stays one.
    private static double Largest(ReadOnlySpan<double> line)
    {
        double top = line[0];
        foreach (double value in line) top = Math.Max(top, value);
        return top;
    }
}
