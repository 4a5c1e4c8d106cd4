namespace MiniGrad.Probes.Regions;

/// <summary>
/// The confidence of the source's class over the triangle of a source S and two outputs T1, T2:
/// Values[i][j] at weights ((N − i − j)/N, i/N, j/N). Section 6 of the level-set study.
/// </summary>
internal sealed record TriangleHull(double[][] Values)
{
    public double SourceConfidence => Values[0][0];

    /// <summary>
    /// The area in pixel values squared; NaN where the corners lie on a line, as for outputs that are equal to each other or to the
    /// source: no triangle, which averages leave out.
    /// </summary>
    public double Area { get; init; } = double.NaN;

    public bool IsDegenerate => double.IsNaN(Area);

    public IEnumerable<double> All => Values.SelectMany(row => row);

    public double Mean => All.Average();

    /// <summary>The share of points strictly above the source's confidence less a drop.</summary>
    public double ShareAbove(double drop)
    {
        if (!(drop >= 0)) Throw.Range($"triangle hull: drop {drop} must be at least 0.");
        return (double)All.Count(q => q > SourceConfidence - drop) / All.Count();
    }

    /// <summary>That share of the area.</summary>
    public double AreaAbove(double drop) => Area * ShareAbove(drop);

    /// <summary>The mean over both edges from S; the source counts twice.</summary>
    public double EdgeMean => Values[0].Concat(Values.Select(row => row[0])).Average();

    /// <summary>The lowest confidence on both edges from S, less that of the source.</summary>
    public double EdgeLowestDifference => Values[0].Concat(Values.Select(row => row[0])).Min() - SourceConfidence;

    /// <summary>Measures the (N + 1)(N + 2)/2 points for one image [1, C, H, W] each.</summary>
    public static TriangleHull Measure(
        Classifier classifier, Tensor source, Tensor first, Tensor second, int sourceClass, int intervals = 10)
    {
        if (intervals < 1) Throw.Range($"triangle hull: {intervals} intervals; at least 1 is needed.");
        classifier.CheckClasses([sourceClass], 1, "triangle hull");
        classifier.CheckImage(source, "triangle hull: source");
        classifier.CheckImage(first, "triangle hull: first");
        classifier.CheckImage(second, "triangle hull: second");
        List<double> toFirst = [];
        List<double> toSecond = [];
        for (int i = 0; i <= intervals; i++)
        {
            for (int j = 0; j <= intervals - i; j++)
            {
                toFirst.Add((double)i / intervals);
                toSecond.Add((double)j / intervals);
            }
        }
        Tensor u = Rows.Scale([.. toFirst], source);
        Tensor v = Rows.Scale([.. toSecond], source);
        Tensor points = source * (1 - u - v) + first * u + second * v;
        double[] confidence = Logits.Confidence(classifier.Logits(points), [.. Enumerable.Repeat(sourceClass, toFirst.Count)]);
        double[][] values = new double[intervals + 1][];
        for (int i = 0, at = 0; i <= intervals; at += intervals - i + 1, i++) values[i] = confidence[at..(at + intervals - i + 1)];
        double[] Edge(Tensor end) => (end.Detach().Cast(DType.F64) - source.Detach().Cast(DType.F64)).ToArray<double>();
        return new(values) { Area = Math.Pow(10, HullVolume.LogSimplex([Edge(first), Edge(second)])) };
    }

    /// <summary>
    /// The same hull without the points that the released code loses: it tests 1 − t₁ − t₂ &lt; 0 in floating point and so
    /// drops (0.8, 0.2) and (0.9, 0.1), leaving 64 of 66. For comparison with published numbers only.
    /// </summary>
    public TriangleHull ReferenceGrid()
    {
        int n = Values.Length - 1;
        return this with
        {
            Values = [.. Values.Select((row, i) => row.Where((_, j) => !(1.0 - (double)i / n - (double)j / n < 0)).ToArray())],
        };
    }
}
