namespace MiniGrad.Probes;

/// <summary>Softmax and argmax of logits on the host, in double precision.</summary>
public static class Confidence
{
    /// <summary>Each row's softmax probability of its class.</summary>
    public static double[] Of(Tensor logits, ReadOnlySpan<int> classes)
    {
        double[] z = logits.Detach().Cast(DType.F64).ToArray<double>();
        int k = logits.Shape[1];
        double[] result = new double[logits.Shape[0]];
        for (int row = 0; row < result.Length; row++)
        {
            ReadOnlySpan<double> line = z.AsSpan(row * k, k);
            double top = Top(line);
            double sum = 0;
            foreach (double value in line) sum += Math.Exp(value - top);
            result[row] = Math.Exp(line[classes[row]] - top) / sum;
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
