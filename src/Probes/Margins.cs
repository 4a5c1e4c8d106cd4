namespace MiniGrad.Probes;

/// <summary>Differences of logits, G_j = f_j − f_i: positive where class j beats class i.</summary>
internal static class Margins
{
    /// <summary>The cotangent of the logits [rows, classes] whose pull-back is ∇(f_plus − f_minus) of each row; zero where the two are one class.</summary>
    public static Tensor Seed(Tensor logits, ReadOnlySpan<int> plus, ReadOnlySpan<int> minus)
    {
        (int rows, int classes) = (logits.Shape[0], logits.Shape[1]);
        using RowBuffer<double> seed = new(rows * classes);
        for (int row = 0; row < rows; row++)
        {
            seed[row * classes + plus[row]] += 1;
            seed[row * classes + minus[row]] -= 1;
        }
        return Tensor.From((ReadOnlySpan<double>)seed.Span, logits.Shape, logits.Device).Cast(logits.Type);
    }

    /// <summary>The largest of a row's logits, the first of equals.</summary>
    public static int Top(ReadOnlySpan<double> logits)
    {
        int top = 0;
        for (int k = 1; k < logits.Length; k++)
        {
            if (logits[k] > logits[top]) top = k;
        }
        return top;
    }

    public static bool AreFinite(ReadOnlySpan<double> logits)
    {
        foreach (double value in logits)
        {
            if (!double.IsFinite(value)) return false;
        }
        return true;
    }
}
