namespace MiniGrad.Lab.Reproductions;

/// <summary>The numbers of the published study, and what its own result files say once they are counted as its text means.</summary>
internal static class PublishedInvariance
{
    private static readonly TrainingMethod[] Columns = [TrainingMethod.Normal, TrainingMethod.At, TrainingMethod.Msd, TrainingMethod.Ccat];

    private static readonly double[] CifarPrinted = [0.9369, 0.5839, 0.4478, 0.1188];
    private static readonly double[] CifarCorrected = [0.9301, 0.5114, 0.3357, 0.0200];
    private static readonly double[] MnistPrinted = [0.8858, 0.6826, 0.2145, 0.0287];
    private static readonly double[] MnistCorrected = [0.8771, 0.6487, 0.1188, 0.0080];
    private static readonly double[] CifarAttacked = [1.000, 0.451, 0.532, 0.684];
    private static readonly double[] MnistAttacked = [1.000, 0.017, 0.391, 0.074];

    /// <summary>Successes of all valid pairs at other thresholds: .01, .02, .05, .1.</summary>
    private static readonly double[][] CifarCurve =
        [[.910, .923, .939, .955], [.195, .376, .695, .912], [.109, .223, .533, .839], [.001, .007, .070, .337]];

    private static readonly double[][] MnistCurve =
        [[.539, .789, .938, .972], [.203, .477, .850, .969], [.006, .040, .334, .743], [.001, .004, .047, .388]];

    /// <summary>Table 1 as printed: the share of walks that end with LPIPS below 0.03; misclassified sources count as successes.</summary>
    public static double Printed(bool isMnist, TrainingMethod method) => At(isMnist ? MnistPrinted : CifarPrinted, method);

    /// <summary>The same from the authors' result files, without misclassified sources, and grouped by the right labels.</summary>
    public static double Corrected(bool isMnist, TrainingMethod method) => At(isMnist ? MnistCorrected : CifarCorrected, method);

    /// <summary>Table 2, whose attack is not described.</summary>
    public static double Attacked(bool isMnist, TrainingMethod method) => At(isMnist ? MnistAttacked : CifarAttacked, method);

    /// <summary>The corrected successes at the thresholds .01, .02, .03, .05, .1; NaN for networks that were not published.</summary>
    public static double[] Curve(bool isMnist, TrainingMethod method)
    {
        int column = Array.IndexOf(Columns, method);
        if (column < 0) return [.. Enumerable.Repeat(double.NaN, 5)];
        double[] other = (isMnist ? MnistCurve : CifarCurve)[column];
        return [other[0], other[1], Corrected(isMnist, method), other[2], other[3]];
    }

    private static double At(double[] row, TrainingMethod method) =>
        Array.IndexOf(Columns, method) is >= 0 and int column ? row[column] : double.NaN;
}
